import { aYearAfter, dayOf } from '../../src/dates.ts';
import { STYLES } from '../../src/sandbox/descriptions.ts';
import { authorizeInBrowser } from '../../src/sandbox/state.ts';
import { fail, REPOSITORY, run, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import { seedInstance, seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { createWorld, ON_GITHUB, SHOP, TWIN, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const declared = {
  'service-display-name': 'Checkout',
  'service-description': 'Takes the money',
  'service-labels': 'tier=gold\nteam=payments',
  'service-custom-fields': 'owner: Jane\ndashboard: {name: Board, link: "https://example.com/board"}',
};

describe.each(HOSTS)('on %s', (host) => {
  describe('from nothing', () => {
    test('a first run creates the four things; a second one writes nothing', async () => {
      world = await createWorld({ latency: 20 });
      const first = await succeed(host, world, { inputs: declared });
      const { instances, credentials, services, mappings } = world.state;
      expect([instances.length, credentials.length, services.length, mappings.length]).toEqual([1, 1, 1, 1]);
      const resource = shopResource(world);
      expect(first.outputs).toEqual({
        'integration-id': instances[0]?.id,
        'integration-operation': 'created',
        'credential-id': credentials[0]?.id,
        'credential-operation': 'created',
        'credential-status': 'valid',
        'credential-expires-on': aYearAfter(dayOf(Date.now())),
        'credential-days-left': expect.stringMatching(/^36[56]$/u),
        'credential-expiry-source': 'created-at',
        'service-id': services[0]?.id,
        'service-name': 'checkout-api',
        'service-operation': 'created',
        'resource-id': resource.id,
        'mapping-id': mappings[0]?.id,
        'mapping-operation': 'created',
        'ticket-url': '',
        'ticket-operation': 'skipped',
        changed: 'true',
      });
      expect(mappings[0]).toMatchObject({ resourceId: resource.id, serviceId: services[0]?.id });
      expect(credentials[0]?.key).toBe(world.pat);
      expect(instances[0]).toMatchObject({
        name: 'azure-devops',
        display_name: 'Azure DevOps',
        config: { organization: 'acme' },
      });
      expect(services[0]).toMatchObject({
        display_name: 'Checkout',
        description: 'Takes the money',
        labels: { tier: 'gold', team: 'payments' },
        custom_fields: { owner: 'Jane', dashboard: { name: 'Board', link: 'https://example.com/board' } },
      });
      const polls = world
        .catalogExchanges()
        .filter(({ path }) => path.includes('filter%5Bintegration.instance.id%5D'));
      expect(world.catalogExchanges().length - polls.length).toBeLessThanOrEqual(12);
      if (host !== 'local') expect(first.summary).toContain('| service | checkout-api | created |');

      world.forgetExchanges();
      const before = JSON.stringify(world.state);
      const second = await succeed(host, world, { inputs: declared });
      expect(world.writes()).toEqual([]);
      expect(JSON.stringify(world.state)).toBe(before);
      expect(world.catalogExchanges().length).toBeLessThanOrEqual(6);
      expect(Math.max(...world.catalogExchanges().map(({ round }) => round))).toBeLessThanOrEqual(2);
      expect(second.outputs).toEqual({
        ...first.outputs,
        'integration-operation': 'unchanged',
        'credential-operation': 'unchanged',
        'service-operation': 'unchanged',
        'mapping-operation': 'unchanged',
        changed: 'false',
      });
    });

    test('a plan writes nothing and says what would be created', async () => {
      world = await createWorld();
      const { outputs } = await succeed(host, world, { inputs: { ...declared, command: 'plan' } });
      expect(world.exchanges.map(({ method }) => method)).toEqual(world.exchanges.map(() => 'GET'));
      expect(outputs).toEqual({
        'integration-id': '',
        'integration-operation': 'created',
        'credential-id': '',
        'credential-operation': 'created',
        'credential-status': 'missing',
        'credential-expires-on': '',
        'credential-days-left': '',
        'credential-expiry-source': '',
        'service-id': '',
        'service-name': 'checkout-api',
        'service-operation': 'created',
        'resource-id': '',
        'mapping-id': '',
        'mapping-operation': 'created',
        'ticket-url': '',
        'ticket-operation': 'skipped',
        changed: 'true',
      });
    });
  });

  test.each(STYLES)(
    'finds the repository, not its twin, where Konnect describes repositories by %s',
    async (style) => {
      world = await createWorld({ style });
      seedIntegration(world);
      // On a laptop nothing tells the ID: Azure DevOps does, to whoever has the PAT.
      const { outputs } = await succeed(host, world);
      const found = world.state.resources.find(({ id }) => id === outputs['resource-id']);
      const description = JSON.stringify(found?.config);
      expect(description).toContain(
        { ids: SHOP.id, names: '"shop"', paths: 'shop/Checkout API', urls: 'acme/shop/_git/' }[style],
      );
      expect(outputs['mapping-operation']).toBe('created');
    },
  );

  describe('drift', () => {
    test('only what was declared is written, and what others own stays', async () => {
      world = await createWorld();
      seedIntegration(world);
      const service = seedService(world, {
        display_name: 'By hand',
        description: 'By hand',
        labels: { tier: 'silver', 'KONGCTL-namespace': 'default', reviewed: 'yes' },
        custom_fields: {
          owner: 'Joe',
          cost_center: '4711',
          jira_project: { name: 'OLD', link: 'https://example.com/OLD' },
        },
      });
      seedMapping(world, service, shopResource(world));
      const { outputs, log, summary } = await succeed(host, world, {
        inputs: {
          'service-description': 'Takes the money',
          'service-labels': '{"tier": "gold"}',
          'service-custom-fields': '{owner: Jane, jira_project: null}',
        },
      });
      expect(world.writes()).toEqual(['PATCH /catalog-services/:id']);
      expect(world.catalogExchanges().find(({ method }) => method === 'PATCH')?.body).toEqual({
        description: 'Takes the money',
        labels: { tier: 'gold' },
        custom_fields: { owner: 'Jane', cost_center: '4711', jira_project: null },
      });
      expect(service).toMatchObject({
        display_name: 'By hand',
        labels: { tier: 'gold', 'KONGCTL-namespace': 'default', reviewed: 'yes' },
        custom_fields: { owner: 'Jane', cost_center: '4711' },
      });
      expect(outputs).toMatchObject({
        'service-operation': 'updated',
        'mapping-operation': 'unchanged',
        changed: 'true',
      });
      expect(log).toContain('description, label tier, custom field owner, custom field jira_project');
      if (host !== 'local') expect(summary).toContain('label tier');
    });

    test.each(['merged', 'replaced'] as const)(
      'the custom fields of others stay, where a PATCH has them %s',
      async (customFields) => {
        world = await createWorld({ customFields });
        seedIntegration(world);
        const link = { name: 'Repository', link: 'https://example.com/repository' };
        const service = seedService(world, {
          labels: { reviewed: 'yes' },
          custom_fields: { owner: 'Joe', git_repo: link, cost_center: '1', product_manager: null },
        });
        seedMapping(world, service, shopResource(world));
        const inputs = {
          'service-custom-fields': '{cost_center: eng, owner: null}',
          'service-labels': 'tier=gold',
        };
        await succeed(host, world, { inputs });
        expect(service.custom_fields).toEqual({ git_repo: link, cost_center: 'eng' });
        expect(service.labels).toEqual({ reviewed: 'yes', tier: 'gold' });
        // What nobody has set is not cleared: somebody may set it meanwhile.
        const sent = world.catalogExchanges().find(({ method }) => method === 'PATCH')?.body;
        expect(sent).not.toHaveProperty('custom_fields.product_manager');
        world.forgetExchanges();
        await succeed(host, world, { inputs });
        // And fields that are as declared are not sent with others.
        await succeed(host, world, { inputs: { ...inputs, 'service-labels': 'tier=silver' } });
        expect(world.writes()).toEqual(['PATCH /catalog-services/:id']);
        expect(service.custom_fields).toEqual({ git_repo: link, cost_center: 'eng' });
      },
    );

    test('a plan says the same and writes nothing', async () => {
      world = await createWorld();
      seedIntegration(world);
      const service = seedService(world, { description: 'By hand' });
      const { outputs } = await succeed(host, world, {
        inputs: { command: 'plan', 'service-description': 'Takes the money' },
      });
      expect(world.writes()).toEqual([]);
      expect(outputs).toMatchObject({
        'service-id': service.id,
        'service-operation': 'updated',
        'mapping-id': '',
        'mapping-operation': 'created',
        changed: 'true',
      });
    });

    test('the display name of the integration', async () => {
      world = await createWorld();
      const { instance } = seedIntegration(world);
      const { outputs } = await succeed(host, world, {
        inputs: { 'integration-display-name': 'Repositories of ACME' },
      });
      expect(outputs['integration-operation']).toBe('updated');
      expect(instance.display_name).toBe('Repositories of ACME');
    });
  });

  describe('the service', () => {
    test('that the repository is mapped to is kept, whatever its name', async () => {
      world = await createWorld();
      seedIntegration(world);
      const service = seedService(world, { name: 'payments' });
      seedMapping(world, service, shopResource(world));
      const { outputs } = await succeed(host, world);
      expect(outputs).toMatchObject({
        'service-id': service.id,
        'service-name': 'payments',
        'service-operation': 'unchanged',
      });
      expect(world.state.services).toHaveLength(1);
      expect(world.writes()).toEqual([]);
    });

    test("of the derived name is adopted where nothing says that it is another's", async () => {
      world = await createWorld();
      seedIntegration(world);
      const service = seedService(world);
      const { outputs } = await succeed(host, world);
      expect(outputs).toMatchObject({
        'service-id': service.id,
        'service-operation': 'unchanged',
        'mapping-operation': 'created',
      });
    });

    test('of the derived name is left alone where it is mapped to the twin in another project', async () => {
      world = await createWorld();
      seedIntegration(world);
      const service = seedService(world);
      seedMapping(world, service, shopResource(world, TWIN.project));
      const { error } = await fail(host, world);
      expect(error).toContain(
        `The service "checkout-api" (${service.id}) has the name that ${REPOSITORY} would get, but is mapped to another repository`,
      );
      expect(error).toContain('Set service-name');
      expect(world.writes()).toEqual([]);
      // The way out that the message names.
      const second = await succeed(host, world, { inputs: { 'service-name': 'shop-checkout-api' } });
      expect(second.outputs).toMatchObject({
        'service-operation': 'created',
        'service-name': 'shop-checkout-api',
      });
    });

    test('that was made for the twin, which is not mapped yet, is left alone', async () => {
      world = await createWorld();
      seedIntegration(world);
      seedService(world, { labels: { 'catalog-connect-repository': 'anothers' } });
      const { error } = await fail(host, world);
      expect(error).toContain('is made for another repository');
      expect(world.writes()).toEqual([]);
    });

    test('is asked for where the repository is mapped to several', async () => {
      world = await createWorld();
      seedIntegration(world);
      for (const name of ['payments', 'checkout'])
        seedMapping(world, seedService(world, { name }), shopResource(world));
      const { error } = await fail(host, world);
      expect(error).toContain('is mapped to several services:');
      expect(error).toMatch(/- payments \([\w-]+\)\n- checkout \([\w-]+\)/u);
    });
  });

  describe('the integration', () => {
    test('of our organization is found whatever its name, among those of others', async () => {
      world = await createWorld();
      seedInstance(world, { config: { organization: 'umbrella' } });
      const { instance } = seedIntegration(world, {
        name: 'acme-repositories',
        config: { organization: 'ACME' },
      });
      world.state.repositories['azure-devops'] = world.state.repositories['azure-devops'].map((one) => ({
        ...one,
        organization: 'ACME',
      }));
      const { outputs } = await run(host, world);
      expect(outputs['integration-id']).toBe(instance.id);
    });

    test.each([
      [
        'another organization',
        { config: { organization: 'umbrella' } },
        'reads the organization "umbrella", not "acme"',
      ],
      [
        'another type',
        { integration: { name: 'pagerduty', display_name: 'PagerDuty' } },
        'is of the integration pagerduty, not azure-devops',
      ],
    ])('is never pointed elsewhere: its name belongs to %s', async (_, values, message) => {
      world = await createWorld();
      const other = seedInstance(world, values);
      for (const inputs of [{}, { 'integration-name': 'azure-devops' }]) {
        const { error } = await fail(host, world, { inputs });
        expect(error).toContain(`The integration "azure-devops" (${other.id}) ${message}`);
        expect(error).toContain('Set another integration-name, or correct the integration by hand');
      }
      expect(world.writes()).toEqual([]);
    });

    test('is asked for where several read our organization', async () => {
      world = await createWorld();
      seedIntegration(world);
      const second = seedInstance(world, { name: 'azure-devops-2' });
      const { error } = await fail(host, world);
      expect(error).toContain(`- azure-devops-2 (${second.id})`);
      expect(error).toContain('Set integration-name');
      await succeed(host, world, { inputs: { 'integration-name': 'azure-devops' } });
    });
  });

  describe('on GitHub', () => {
    const onGitHub = {
      'azure-devops-pat': '',
      'azure-devops-url': '',
      ...(host === 'github' ? { repository: '' } : {}),
    };
    const options = {
      inputs: { ...onGitHub, ...(host === 'local' ? { repository: '' } : {}) },
      remote: 'git@github.com:acme-inc/web-shop.git',
      environment: {
        BUILD_REPOSITORY_PROVIDER: 'GitHub',
        BUILD_REPOSITORY_ID: 'acme-inc/web-shop',
        BUILD_REPOSITORY_NAME: 'acme-inc/web-shop',
        BUILD_REPOSITORY_URI: 'https://github.com/acme-inc/web-shop',
      },
    };

    test.each(STYLES)('the integration that was authorized in a browser is used (%s)', async (style) => {
      world = await createWorld({ style });
      const instance = authorizeInBrowser(world.state, 'github');
      const result = await run(host, world, options);
      if (style === 'ids' && host !== 'github') {
        expect(result.errors[0]).toContain(
          'It is not certain which resource is the repository acme-inc/web-shop',
        );
        expect(result.errors[0]).toContain('Set resource-id');
        return;
      }
      expect(result.errors).toEqual([]);
      expect(result.outputs).toMatchObject({
        'integration-id': instance.id,
        'integration-operation': 'unchanged',
        'credential-operation': 'unchanged',
        'credential-status': 'valid',
        'service-name': ON_GITHUB.name,
        'mapping-operation': 'created',
      });
    });

    test('a missing integration is explained, with the link, and not made', async () => {
      world = await createWorld();
      const { error } = await fail(host, world, options);
      expect(error).toContain('There is no github integration in the catalog');
      expect(error).toContain('https://cloud.konghq.com/us/service-catalog/integrations/github');
      expect(error).toContain(
        'https://global.api.konghq.com/service-catalog-integrations/github/app/install',
      );
      expect(world.writes()).toEqual([]);
    });
  });
});
