import { describeByManifest } from '../src/catalogs/konnect/describe.ts';
import type { Integration, IntegrationInstance } from '../src/catalogs/konnect/schemas.ts';
import type { Repository } from '../src/repository.ts';

const instance = { id: 'i-1' } as IntegrationInstance;
const repository: Repository = {
  provider: 'azure-devops',
  organization: 'acme',
  project: 'shop',
  name: 'api',
  id: 'r-1',
  host: 'https://dev.azure.com',
};
const manifest = (types: Record<string, Record<string, string>>): Integration => ({
  name: 'azure-devops',
  authorization: null,
  config_schema: {},
  resource_types: Object.fromEntries(
    Object.entries(types).map(([type, definition]) => [type, { schema: { definition } }]),
  ),
});
const described = (types: Record<string, Record<string, string>>, of = repository) =>
  describeByManifest(manifest(types), instance, of);

test.each([
  [{ repository_id: 'string' }, { repository_id: 'r-1' }],
  [
    { repositoryId: 'string', organization: 'string' },
    { repositoryId: 'r-1', organization: 'acme' },
  ],
  [
    { org_name: 'string', project: 'string', repo: 'string' },
    { org_name: 'acme', project: 'shop', repo: 'api' },
  ],
])('%j is filled', (definition, config) =>
  expect(described({ repo: definition, pipeline: { pipeline_id: 'string' } })).toEqual({
    integration_instance: 'i-1',
    type: 'repo',
    config,
  }),
);

test.each([
  ['a key that is not known', { repo: { repository_id: 'string', url: 'string' } }, 'not everything'],
  ['an ID that is not known', { repo: { repository_id: 'string', project_id: 'string' } }, 'not everything'],
  ['nothing of a repository', { project: { organization: 'string', project: 'string' } }, 'not everything'],
  ['a type that does not fit', { repo: { repository_id: 'number' } }, 'not everything'],
  [
    'two types that both fit',
    { repo: { repository_id: 'string' }, branch: { repo: 'string' } },
    'several resource types',
  ],
  ['no types', {}, 'no resource types'],
])('%s is not guessed', (_, types, why) =>
  expect(described(types as Record<string, Record<string, string>>)).toContain(why),
);

test('a number is a number', () => {
  const onGitHub: Repository = {
    provider: 'github',
    organization: 'acme-inc',
    name: 'web',
    id: '42',
    host: 'https://github.com',
  };
  expect(described({ repo: { repo_id: 'number', owner: 'string' } }, onGitHub)).toMatchObject({
    config: { repo_id: 42, owner: 'acme-inc' },
  });
});
