import { fail, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import { seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { createWorld, type World } from './support/world.ts';

/** What people mistype, and what must not come of it. */

let world: World;
afterEach(() => world.close());

describe.each(HOSTS)('on %s', (host) => {
  test('an integration-name that nobody has is a second integration, with a warning', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    const { warnings } = await succeed(host, world, {
      inputs: { 'integration-name': 'azure-devop', command: 'plan' },
    });
    expect(warnings).toEqual([
      expect.stringContaining(
        `The integration "azure-devops" (${instance.id}) reads the organization "acme" already.`,
      ),
    ]);
    expect(world.writes()).toEqual([]);
  });

  test('another service-name than the mapped one maps the repository to both, with a warning', async () => {
    world = await createWorld();
    seedIntegration(world);
    seedMapping(world, seedService(world), shopResource(world));
    const { warnings, outputs } = await succeed(host, world, { inputs: { 'service-name': 'other-name' } });
    expect(warnings).toEqual([expect.stringContaining('is mapped to the service "checkout-api" too.')]);
    expect(outputs['mapping-operation']).toBe('created');
  });

  test('a repository that the PAT does not find is told before anything is made for it', async () => {
    world = await createWorld();
    seedIntegration(world);
    const { error } = await fail(host, world, {
      inputs: { repository: 'acme/shop/nosuch', 'wait-timeout': '0' },
    });
    expect(error).toContain('GET /azure-devops/acme/shop/_apis/git/repositories/nosuch, status 404');
    expect(world.writes()).toEqual([]);
  });

  test('a service that this step made for the repository is its own, also where the resource does not tell', async () => {
    world = await createWorld({ style: 'ids', discoveryDelay: 3_600_000 });
    await succeed(host, world, { inputs: { 'map-before-discovery': 'true' } });
    world.state.discoveryDelay = 0;
    const unknowing = { inputs: { 'azure-devops-pat': '' }, environment: { BUILD_REPOSITORY_ID: '' } };
    if (host === 'azure') return void (await succeed(host, world, { inputs: { 'azure-devops-pat': '' } }));
    const { error } = await fail(host, world, unknowing);
    expect(error).toContain('It is not certain which resource is the repository');
    expect(error).toContain('or azure-devops-pat');
  });

  test('inputs are called what they are called there', async () => {
    world = await createWorld();
    const { everything } = await fail(host, world, {
      inputs: { 'catalog-token': '', 'service-name': 'Not One' },
    });
    const [token, service] = {
      github: ['catalog-token', 'service-name'],
      azure: ['catalogToken', 'serviceName'],
      local: ['CATALOG_TOKEN', '--service-name'],
    }[host];
    expect(everything.replaceAll('%0A', '\n')).toContain(`- ${token} is empty`);
    expect(everything.replaceAll('%0A', '\n')).toContain(`- ${service} is "Not One"`);
  });

  test('a timeout that no timer can hold is refused', async () => {
    world = await createWorld();
    const { error } = await fail(host, world, { inputs: { 'timeout-minutes': '40000' } });
    expect(error).toContain('timeout-minutes is "40000"; it must be a number of minutes from 1 to 1440');
  });

  test('a proxy that is none is named by what sets it, and not shown', async () => {
    world = await createWorld();
    const environment = { HTTPS_PROXY: 'http://user:hidden-word@proxy:80x' };
    const { error, everything } = await fail(host, world, {
      inputs: { 'catalog-url': 'https://konnect.invalid' },
      environment,
    });
    expect(error).toContain('The proxy for this host is not one that can be used');
    expect(everything).not.toContain('hidden-word');
  });
});

test("on azure, a job's token is not sent in clear", async () => {
  world = await createWorld({ style: 'ids' });
  seedIntegration(world);
  // By this, Konnect reads that server.
  for (const { config } of world.state.resources) config.host = 'tfs.invalid';
  world.state.discoveryDelay = Number.POSITIVE_INFINITY;
  const { error } = await fail('azure', world, {
    inputs: { 'azure-devops-pat': '', 'azure-devops-url': '', repository: 'acme/shop/Checkout API' },
    environment: { SYSTEM_COLLECTIONURI: 'http://tfs.invalid/acme/', BUILD_REPOSITORY_URI: '' },
  });
  expect(error).toContain('It is not certain which resource is the repository');
});

test('on azure, a CA file that is not there is named', async () => {
  world = await createWorld();
  const { error } = await fail('azure', world, { environment: { AGENT_CAINFO: '/nonexistent/ca.pem' } });
  expect(error).toContain('A file of certificates cannot be read');
  expect(error).toContain('agent.cainfo');
});

test('on a laptop, two commands are one too many', async () => {
  world = await createWorld();
  const { runStep } = await import('./support/runners.ts');
  const result = await runStep('local', world, { only: ['plan', '--command', 'register'] });
  expect(result.exitCode).toBe(1);
  expect(result.log).toContain('There are two commands: plan and --command register.');
});
