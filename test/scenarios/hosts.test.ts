import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { authorizeInBrowser, discover, newResource, type StoredInstance } from '../../src/sandbox/state.ts';
import { fail, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import { seedInstance, seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { createWorld, SHOP, type World } from './support/world.ts';

/** Konnect reads the clouds: the same path on another host is another repository, and its PAT another credential. */

let world: World;
afterEach(() => world.close());

const SERVER = 'https://tfs.example.com/tfs';
const ON_SERVER = `${SERVER}/acme/shop/_git/Checkout%20API`;
const onServer = { 'azure-devops-pat': '', 'azure-devops-url': '', repository: ON_SERVER };

/** Something on the server, as Konnect would show it. */
function seedOnServer(instance: StoredInstance, config: Record<string, unknown> = { url: ON_SERVER }) {
  const resource = newResource(world.state, instance, 'azure_devops_repository', config);
  resource.name = SHOP.name;
  return resource;
}

/** An integration whose manifest has a field for the address of a host. */
function offerField(field: string) {
  world.fault = ({ path: asked }) =>
    asked.startsWith('/v1/integrations?')
      ? {
          garble(text) {
            const answer = JSON.parse(text);
            for (const one of answer.data) one.config_schema[field] = { type: 'string' };
            return JSON.stringify(answer);
          },
        }
      : undefined;
}

describe.each(HOSTS)('on %s', (host) => {
  test.each(['ids', 'names', 'paths', 'urls'] as const)(
    'a repository of a GitHub Enterprise Server is not that of github.com (%s)',
    async (style) => {
      world = await createWorld({ style });
      authorizeInBrowser(world.state, 'github');
      discover(world.state);
      const options = {
        inputs: {
          'azure-devops-pat': '',
          'azure-devops-url': '',
          repository: host === 'local' ? 'https://ghe.example.com/acme-inc/web-shop' : '',
          // A pipeline of Azure is to be reminded of its own organization otherwise.
          integration: 'github',
        },
        environment: {
          GITHUB_SERVER_URL: 'https://ghe.example.com',
          BUILD_REPOSITORY_PROVIDER: 'GitHubEnterprise',
          BUILD_REPOSITORY_ID: 'acme-inc/web-shop',
          BUILD_REPOSITORY_NAME: 'acme-inc/web-shop',
          BUILD_REPOSITORY_URI: 'https://ghe.example.com/acme-inc/web-shop',
        },
      };
      for (const command of ['register', 'plan', 'remind']) {
        const { error } = await fail(host, world, { ...options, inputs: { ...options.inputs, command } });
        expect(error).toContain("Konnect's github integration is not known to read ghe.example.com");
        expect(error).toContain('github.com only');
      }
      expect(world.writes()).toEqual([]);
    },
  );

  test.each(['codeberg.org', 'bitbucket.org', 'github.com.evil.example.com'])(
    'nor is one of %s, also where the integration is given',
    async (other) => {
      world = await createWorld();
      authorizeInBrowser(world.state, 'github');
      const { error } = await fail(host, world, {
        inputs: {
          'azure-devops-pat': '',
          'azure-devops-url': '',
          repository: `https://${other}/acme-inc/web-shop`,
          integration: 'github',
        },
      });
      expect(error).toContain(`is not known to read ${other}`);
      expect(world.writes()).toEqual([]);
    },
  );

  test.each(['ids', 'names', 'urls', 'nameless'] as const)(
    'a repository of an Azure DevOps Server is not that of dev.azure.com (%s)',
    async (style) => {
      world = await createWorld({ style });
      seedIntegration(world);
      for (const integration of ['', 'azure-devops']) {
        const { error } = await fail(host, world, {
          inputs: { ...onServer, integration, 'integration-name': integration },
          environment: { BUILD_REPOSITORY_URI: ON_SERVER, SYSTEM_COLLECTIONURI: `${SERVER}/acme/` },
        });
        expect(error).toContain("Konnect's azure-devops integration is not known to read tfs.example.com");
        expect(error).toContain(
          'If "acme" is on dev.azure.com, set azure-devops-url to https://dev.azure.com.',
        );
      }
      expect(world.writes()).toEqual([]);
    },
  );

  test('self-managed GitLab is refused with the reason', async () => {
    world = await createWorld();
    const instance = authorizeInBrowser(world.state, 'gitlab');
    instance.config = { base_url: 'https://gitlab.example.com' };
    offerField('base_url');
    const { error } = await fail(host, world, {
      inputs: {
        'azure-devops-pat': '',
        'azure-devops-url': '',
        repository: 'https://gitlab.example.com/acme-inc/web-shop',
      },
    });
    expect(error).toContain('Konnect cannot read gitlab.example.com');
    expect(error).toContain('self-managed GitLab was removed on 2026-10-26');
    expect(world.writes()).toEqual([]);
  });

  describe('a server is read', () => {
    test('where the manifest has a field for its address, and the integration names it there', async () => {
      world = await createWorld();
      const { instance } = seedIntegration(world, { config: { organization: 'acme', base_url: SERVER } });
      const cloud = seedInstance(world, { name: 'cloud' });
      const resource = seedOnServer(instance, {
        organization: 'acme',
        project: 'shop',
        repository: SHOP.name,
      });
      world.state.resources = [resource];
      const without = await fail(host, world, { inputs: onServer });
      expect(without.error).toContain('is not known to read tfs.example.com');
      offerField('base_url');
      const { outputs } = await succeed(host, world, { inputs: onServer });
      expect(outputs).toMatchObject({ 'integration-id': instance.id, 'resource-id': resource.id });
      const wrong = await fail(host, world, { inputs: { ...onServer, 'integration-name': cloud.name } });
      expect(wrong.error).toContain('is not known to read tfs.example.com');
    });

    test.each([
      ['link', { url: ON_SERVER }],
      ['host', { host: 'TFS.example.com', organization: 'acme', project: 'shop', repository: SHOP.name }],
    ])('where its repositories are among the discovered resources (%s)', async (_, config) => {
      world = await createWorld();
      const { instance } = seedIntegration(world);
      world.state.resources = [];
      const resource = seedOnServer(instance, config);
      world.state.discoveryDelay = Number.POSITIVE_INFINITY;
      const { outputs } = await succeed(host, world, { inputs: onServer });
      expect(outputs['resource-id']).toBe(resource.id);
    });
  });

  describe('in a run for the cloud', () => {
    test.each([
      { url: ON_SERVER },
      { url: 'https://dev.azure.com.evil.example.com/acme/shop/_git/Checkout%20API' },
      { repository_id: SHOP.id, host: 'tfs.example.com' },
    ])("another host's resource is not ours: %o", async (config) => {
      world = await createWorld({ discoveryDelay: Number.POSITIVE_INFINITY });
      const { instance } = seedIntegration(world);
      seedOnServer(instance, config);
      const { error } = await fail(host, world, { inputs: { 'wait-timeout': '0' } });
      expect(error).toContain('has not discovered the repository');
      expect(world.state.mappings).toEqual([]);
    });

    test.each([
      { organization: 'acme', base_url: SERVER },
      { organization: `${SERVER}/acme` },
      { organization: 'acme', host: 'tfs.example.com' },
    ])("another host's integration is not ours: %o", async (config) => {
      world = await createWorld();
      const { instance, credential } = seedIntegration(world, { config });
      for (const name of ['', instance.name]) {
        const { error } = await fail(host, world, {
          inputs: { 'integration-name': name, 'rotate-credential': 'always' },
        });
        expect(error).toContain('reads tfs.example.com');
      }
      expect(world.writes()).toEqual([]);
      expect(world.state.credentials).toEqual([credential]);
    });

    test.each(['https://dev.azure.com/acme', 'https://acme.visualstudio.com/', 'dev.azure.com/Acme/'])(
      'an integration is ours by the address of its organization: %s',
      async (organization) => {
        world = await createWorld();
        const { instance } = seedIntegration(world, { config: { organization } });
        const { outputs } = await succeed(host, world, { inputs: { command: 'plan' } });
        expect(outputs['integration-id']).toBe(instance.id);
      },
    );
  });
});

/** A server that answers: by https, behind a proxy. */
describe.each(HOSTS)("a server's PAT, on %s", (host) => {
  let front: https.Server;
  let proxy: http.Server;
  const fixture = (name: string) => path.join(__dirname, 'fixtures', name);
  const listen = (server: net.Server) =>
    new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const portOf = (server: net.Server) => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    world = await createWorld();
    const tls = { key: readFileSync(fixture('key.pem')), cert: readFileSync(fixture('certificate.pem')) };
    front = https.createServer(tls, ({ url, headers }, response) => {
      http.get(`${world.url}${url}`, { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
    });
    proxy = http.createServer().on('connect', (_, socket) => {
      const upstream = net.connect(portOf(front), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket]) end.on('error', () => end.destroy());
    });
    await Promise.all([listen(front), listen(proxy)]);
  });
  afterEach(() => {
    for (const server of [front, proxy]) {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each(['auto', 'always'])('is not stored in the integration of the cloud (%s)', async (rotation) => {
    const { credential, instance } = seedIntegration(world);
    seedMapping(world, seedService(world), shopResource(world));
    const base = 'https://catalog.test/azure-devops';
    for (const name of ['', instance.name]) {
      const { error } = await fail(host, world, {
        inputs: {
          'azure-devops-url': base,
          'azure-devops-pat': world.secondPat,
          'rotate-credential': rotation,
          'integration-name': name,
        },
        environment: {
          NODE_EXTRA_CA_CERTS: fixture('certificate.pem'),
          HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
          AGENT_PROXYURL: `http://127.0.0.1:${portOf(proxy)}`,
          SYSTEM_COLLECTIONURI: `${base}/acme/`,
          BUILD_REPOSITORY_URI: `${base}/acme/shop/_git/Checkout%20API`,
        },
      });
      expect(error).toContain('is not known to read catalog.test');
    }
    expect(world.writes()).toEqual([]);
    expect(world.state.credentials).toEqual([credential]);
  });
});
