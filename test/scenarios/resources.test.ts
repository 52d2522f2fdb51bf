import { randomUUID } from 'node:crypto';
import { REPOSITORY_LABEL, repositoryMark } from '../../src/catalogs/konnect/naming.ts';
import { authorizeInBrowser, newResource, type StoredInstance } from '../../src/sandbox/state.ts';
import { fail, REPOSITORY, succeed } from './support/check.ts';
import { HOSTS, type RunOptions } from './support/runners.ts';
import { seedIntegration, seedMapping, seedService } from './support/seeds.ts';
import { createWorld, ON_GITHUB, SHOP, TWIN, type World } from './support/world.ts';

/** What is known exactly is used: the ID and the names that Azure DevOps tells, however the repository was written. */

let world: World;
afterEach(() => world.close());

/** The step of a repository that is written so; nothing else tells which one it is. */
function written(url: string, inputs: Record<string, string> = {}): RunOptions {
  return {
    inputs: { repository: url, ...inputs },
    environment: { BUILD_REPOSITORY_ID: '', BUILD_REPOSITORY_URI: url },
  };
}

const byIds = `https://dev.azure.com/acme/${SHOP.projectId}/_git/${SHOP.id}`;
const repositories = () => world.state.repositories['azure-devops'];

/** A world in which Konnect discovers nothing by itself. */
async function still() {
  world = await createWorld({ discoveryDelay: Number.POSITIVE_INFINITY });
  return seedIntegration(world).instance;
}

describe.each(HOSTS)('on %s', (host) => {
  describe.each(['ids', 'names', 'paths', 'urls', 'nameless'] as const)(
    'where Konnect describes repositories by %s',
    (style) => {
      test.each([
        ['in another case', 'https://dev.azure.com/ACME/SHOP/_git/CHECKOUT%20API'],
        ['by its IDs', byIds],
      ])('one that is written %s gets its exact names', async (_, address) => {
        world = await createWorld({ style, discoveryDelay: 100 });
        const first = await succeed(host, world, written(address));
        const [instance] = world.state.instances;
        const [service] = world.state.services;
        expect(instance?.config).toEqual({ organization: 'acme' });
        expect(service).toMatchObject({ name: 'checkout-api', display_name: 'Checkout API' });
        expect(first.outputs['mapping-operation']).toBe('created');
        const found = world.state.resources.find(({ id }) => id === first.outputs['resource-id']);
        expect(JSON.stringify(found)).toContain(
          { ids: SHOP.id, nameless: SHOP.id, names: '"shop"', paths: 'shop/', urls: 'acme/shop/' }[style],
        );
        world.forgetExchanges();
        const second = await succeed(host, world, written(address));
        expect(second.outputs).toMatchObject({ 'service-id': service?.id, changed: 'false' });
        expect(world.writes()).toEqual([]);
      });
    },
  );

  test('a service is not named after an ID', async () => {
    world = await createWorld({ style: 'ids' });
    seedIntegration(world);
    const options = written(byIds, { 'azure-devops-pat': '' });
    const { error } = await fail(host, world, options);
    expect(error).toContain(`its address has the ID ${SHOP.id} in the place of the name`);
    expect(world.writes()).toEqual([]);
    const named = { ...options, inputs: { ...options.inputs, 'service-name': 'checkout' } };
    const { outputs } = await succeed(host, world, named);
    expect(outputs).toMatchObject({ 'service-name': 'checkout', 'mapping-operation': 'created' });
  });

  test('among 2,600 similar names, the ID finds it', async () => {
    const instance = await still();
    for (let count = 0; count < 2_600; count++)
      seedResource(instance, { org: 'acme', guid: randomUUID() }, `Checkout API ${count}`);
    const ours = seedResource(instance, { org: 'acme', guid: SHOP.id }, 'Checkout API 0000');
    const { outputs } = await succeed(host, world);
    expect(outputs).toMatchObject({ 'resource-id': ours.id, 'mapping-operation': 'created' });
    expect(world.exchanges.length).toBeLessThan(80);
  });

  test('among 2,600 similar names, the exact name finds it where Konnect shows no ID', async () => {
    const instance = await still();
    const describe = (repository: string) => ({ organization: 'acme', project: 'shop', repository });
    for (let count = 0; count < 2_600; count++)
      seedResource(instance, describe(`Checkout API ${count}`), `Checkout API ${count}`);
    const ours = seedResource(instance, describe(SHOP.name), SHOP.name);
    const { outputs } = await succeed(host, world);
    expect(outputs['resource-id']).toBe(ours.id);
    if (host === 'azure') return;
    // Nothing exact is known without the PAT.
    const { error } = await fail(host, world, { inputs: { 'azure-devops-pat': '' } });
    expect(error).toContain('has more than 2000 records that fit: the look-up is not conclusive.');
    expect(error).toContain('resource-id');
  });

  test('one of 2,600 similar names that is not discovered yet is waited for', async () => {
    const instance = await still();
    for (let count = 0; count < 2_600; count++)
      seedResource(instance, { org: 'acme', guid: randomUUID() }, `Checkout API ${count}`);
    const { error } = await fail(host, world, { inputs: { 'wait-timeout': '3' } });
    expect(error).toContain('has not discovered the repository');
    expect(world.exchanges.length).toBeLessThan(80);
  });

  test('a disabled repository is told as such, at once', async () => {
    world = await createWorld();
    for (const one of repositories()) one.disabled = true;
    for (const command of ['register', 'plan']) {
      const { error, log } = await fail(host, world, { inputs: { command } });
      expect(error).toContain(`The repository ${REPOSITORY} is disabled in Azure DevOps`);
      expect(log).not.toContain('waited');
    }
    expect(world.writes()).toEqual([]);
    // Also where the integration is there, and nothing was discovered since.
    seedIntegration(world);
    const { error } = await fail(host, world);
    expect(error).toContain('is disabled in Azure DevOps');
    expect(world.writes()).toEqual([]);
  });

  test('a disabled repository that Konnect knows stays connected', async () => {
    world = await createWorld();
    seedIntegration(world);
    for (const one of repositories()) one.disabled = true;
    await succeed(host, world);
  });

  describe('a repository that was created again under its name', () => {
    const { organization, project, projectId, name } = SHOP;
    const link = 'https://dev.azure.com/acme/shop/_git/Checkout%20API';
    const inConfig = { data: () => ({}) };
    const SHAPES = [
      {
        shape: 'names and ID',
        config: (id: string) => ({ organization, project, repository: name, repository_id: id }),
        shown: name,
        ...inConfig,
      },
      {
        shape: 'IDs',
        config: (id: string) => ({ project_id: projectId, repository_id: id }),
        shown: name,
        ...inConfig,
      },
      { shape: 'path and ID', config: (id: string) => ({ id }), shown: `${project}/${name}`, ...inConfig },
      {
        shape: 'link, and ID in the data',
        config: () => ({ link }),
        shown: name,
        data: (id: string) => ({ id }),
      },
      {
        shape: 'ID alone',
        config: (id: string) => ({ org: organization, guid: id }),
        shown: null,
        ...inConfig,
      },
    ];

    test.each(SHAPES)('keeps its service ($shape)', async ({ shape, config, shown, data }) => {
      const instance = await still();
      const seed = (id: string) => {
        const resource = seedResource(instance, config(id), shown);
        resource.integration_data = data(id);
        return resource;
      };
      const before = seed(SHOP.id);
      // A name of its own: the mapping leads to it. Where the resource tells no path, our mark on the service does.
      const service = seedService(world, {
        name: shape === 'ID alone' ? 'checkout-api' : 'pay',
        labels: { [REPOSITORY_LABEL]: mark() },
      });
      const mapping = seedMapping(world, service, before);
      const id = recreate();
      const options = { inputs: { 'wait-timeout': '1' }, environment: { BUILD_REPOSITORY_ID: id } };
      const { error, outputs } = await fail(host, world, options);
      expect(error).toContain('has not discovered the repository');
      expect(outputs['service-id']).toBe(service.id);

      const after = seed(id);
      const found = await succeed(host, world, options);
      expect(found.outputs).toMatchObject({
        'service-id': service.id,
        'service-operation': 'unchanged',
        'resource-id': after.id,
        'mapping-operation': 'created',
      });
      expect(found.warnings).toEqual([
        expect.stringContaining(`The repository ${REPOSITORY} was recreated (deleted, and created again`),
      ]);
      expect(found.warnings[0]).toContain(before.id);
      expect(world.state.mappings).toContainEqual(mapping);
      world.forgetExchanges();
      const next = await succeed(host, world, options);
      expect(next.warnings).toEqual([]);
      expect(world.writes()).toEqual([]);
    });

    test('is told from one that was renamed, and whose name another got', async () => {
      const instance = await still();
      const config = (id: string) => ({ organization, project, repository: name, repository_id: id });
      const service = seedService(world);
      seedMapping(world, service, seedResource(instance, config(SHOP.id), name));
      const id = recreate();
      repositories().push({ ...SHOP, name: 'Cash Desk' });
      seedResource(instance, config(id), name);
      const { error } = await fail(host, world, { environment: { BUILD_REPOSITORY_ID: id } });
      expect(error).toContain('is mapped to another repository');
      expect(world.writes()).toEqual([]);
    });

    test('is told from one of its name in another project', async () => {
      const instance = await still();
      const config = (one: typeof SHOP, id: string = one.id) => ({
        project: one.project,
        repository: name,
        id,
      });
      seedMapping(world, seedService(world), seedResource(instance, config(TWIN), name));
      const id = recreate();
      seedResource(instance, config(SHOP, id), name);
      const { error } = await fail(host, world, { environment: { BUILD_REPOSITORY_ID: id } });
      expect(error).toContain('is mapped to another repository');
      expect(world.writes()).toEqual([]);
    });
  });
});

test('on GitHub, one that was created again keeps its service', async () => {
  world = await createWorld();
  const instance = authorizeInBrowser(world.state, 'github');
  const { organization: owner, name: repository, id } = ON_GITHUB;
  world.state.repositories.github = [];
  const seed = (repository_id: string) => {
    const resource = newResource(world.state, instance, 'github_repository', {
      owner,
      repository,
      repository_id,
    });
    resource.name = repository;
    return resource;
  };
  const service = seedService(world, { name: 'shop' });
  seedMapping(world, service, seed('123456789'));
  const after = seed(id);
  const inputs = { 'azure-devops-pat': '', 'azure-devops-url': '', repository: '' };
  const { outputs, warnings } = await succeed('github', world, { inputs });
  expect(outputs).toMatchObject({ 'service-id': service.id, 'resource-id': after.id });
  expect(warnings.join()).toContain('The repository acme-inc/web-shop was recreated');
});

test("without a PAT, the ID of the job's repository and its path are enough", async () => {
  const instance = await still();
  const config = (id: string) => ({ organization: 'acme', project: 'shop', repository: SHOP.name, id });
  const service = seedService(world);
  seedMapping(world, service, seedResource(instance, config(SHOP.id), SHOP.name));
  const id = recreate();
  seedResource(instance, config(id), SHOP.name);
  const { outputs, warnings } = await succeed('azure', world, {
    inputs: { 'azure-devops-pat': '' },
    environment: { BUILD_REPOSITORY_ID: id },
  });
  expect(outputs['service-id']).toBe(service.id);
  expect(warnings.join()).toContain('was recreated');
});

function seedResource(instance: StoredInstance, config: Record<string, string>, name: string | null) {
  const resource = newResource(world.state, instance, 'azure_devops_repository', config);
  resource.name = name;
  return resource;
}

function mark(): string {
  return repositoryMark({ provider: 'azure-devops', ...SHOP, host: 'https://dev.azure.com' });
}

/** Deletes the repository in Azure DevOps, and creates it again: under its name, with the ID that is returned. */
function recreate(): string {
  const id: string = randomUUID();
  for (const one of repositories()) if (one.id === SHOP.id) one.id = id;
  return id;
}
