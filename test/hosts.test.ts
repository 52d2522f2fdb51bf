import { isOnCloud, namesAddress, namesHost } from '../src/catalogs/konnect/hosts.ts';
import { placeOf } from '../src/catalogs/konnect/place.ts';
import type { IntegrationInstance } from '../src/catalogs/konnect/schemas.ts';
import type { Provider } from '../src/repository.ts';

test.each<[Provider, string]>([
  ['azure-devops', 'https://dev.azure.com'],
  ['azure-devops', 'https://DEV.azure.com:443'],
  ['azure-devops', 'https://acme.visualstudio.com'],
  ['azure-devops', 'https://ssh.dev.azure.com'],
  ['azure-devops', 'http://127.0.0.1:4010/azure-devops'],
  ['azure-devops', 'http://localhost:4010'],
  ['github', 'https://github.com'],
  ['github', 'https://www.github.com'],
  ['github', 'https://ssh.github.com:443'],
  ['gitlab', 'https://gitlab.com'],
])('%s at %s is what Konnect reads', (provider, host) =>
  expect(isOnCloud({ provider, organization: 'acme', host })).toBe(true),
);

test.each<[Provider, string]>([
  ['azure-devops', 'https://tfs.example.com/tfs'],
  ['azure-devops', 'http://tfs01:8080/tfs'],
  ['azure-devops', 'https://dev.azure.com.evil.example.com'],
  ['azure-devops', 'https://0.0.0.0:8443'],
  ['github', 'https://ghe.example.com'],
  ['github', 'https://acme.ghe.com'],
  ['github', 'https://github.com.evil.example.com'],
  ['github', 'https://gitlab.com'],
  ['gitlab', 'https://gitlab.example.com'],
])('%s at %s is not', (provider, host) =>
  expect(isOnCloud({ provider, organization: 'acme', host })).toBe(false),
);

test.each([
  'host',
  'hostname',
  'host_name',
  'server',
  'server_url',
  'base_url',
  'baseUrl',
  'api_url',
  'tfs_host',
])('%s names a host', (key) => expect([namesHost(key), namesAddress(key)]).toEqual([true, true]));
test.each(['url', 'uri', 'domain', 'endpoint'])('%s names an address of an integration', (key) =>
  expect([namesHost(key), namesAddress(key)]).toEqual([false, true]),
);
test.each([
  'organization',
  'html_url',
  'webhook_url',
  'avatar_url',
  'name',
  'project',
  'hosted',
  'serverless',
])('%s names neither', (key) => expect([namesHost(key), namesAddress(key)]).toEqual([false, false]));

const instance = (config: Record<string, unknown>) => ({ config }) as IntegrationInstance;
test.each([
  [{ organization: 'acme' }, 'acme', []],
  [{ organization: 'acme/' }, 'acme', []],
  [{ organization: 'https://dev.azure.com/acme/' }, 'acme', ['https://dev.azure.com']],
  [{ organization: 'dev.azure.com/acme' }, 'acme', ['https://dev.azure.com']],
  [{ organization: 'https://acme.visualstudio.com/DefaultCollection' }, 'acme', ['https://dev.azure.com']],
  [{ organization: 'acme.visualstudio.com' }, 'acme', ['https://dev.azure.com']],
  [{ organization: 'https://tfs.example.com/tfs/Main' }, 'Main', ['https://tfs.example.com/tfs']],
  [{ organization: 'acme', base_url: 'tfs.example.com', token: 'x', host: '' }, 'acme', ['tfs.example.com']],
  [{}, undefined, []],
])('%o tells what an integration reads', (config, organization, hosts) =>
  expect(placeOf(instance(config))).toEqual({ organization, hosts }),
);
