import type { ChildProcess } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, REPOSITORY, run, succeed } from './support/check.ts';
import { HOSTS, runStep } from './support/runners.ts';
import { seedInstance, seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { createWorld, SHOP, TWIN, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

describe.each(HOSTS)('on %s', (host) => {
  describe('permissions', () => {
    test('a token that Konnect does not know', async () => {
      world = await createWorld();
      const { error } = await fail(host, world, {
        inputs: { 'catalog-token': world.viewerToken.replace('spat', 'kpat') },
      });
      expect(error).toMatch(
        /Konnect refused GET \/v1\/[\w-]+: status 401, trace [\w-]+\. Invalid credentials/u,
      );
      expect(error).toContain('catalog-region');
    });

    test.each([
      ['Integration Admin', () => {}],
      ['Service Creator', () => seedIntegration(world)],
      ['Service Admin', () => seedIntegration(world) && seedService(world)],
    ] as const)(
      'a token without the role %s: the role is named, and what was done is told',
      async (role, seed) => {
        world = await createWorld();
        seed();
        const { error, outputs } = await fail(host, world, {
          inputs: { 'catalog-token': world.viewerToken },
        });
        expect(error).toMatch(/Konnect refused POST \/v1\/[\w-]+: status 403, trace [\w-]+/u);
        expect(error).toContain(`lacks a role in this region: ${role}`);
        expect(outputs['integration-operation']).toBe(role === 'Integration Admin' ? 'skipped' : 'unchanged');
        expect(outputs['service-operation']).toBe(role === 'Service Admin' ? 'unchanged' : 'skipped');
      },
    );

    test('a token that may only read is enough for a plan, and where nothing is to be done', async () => {
      world = await createWorld();
      seedIntegration(world);
      const inputs = { 'catalog-token': world.viewerToken };
      await succeed(host, world, { inputs: { ...inputs, command: 'plan' } });
      seedMapping(world, seedService(world), shopResource(world));
      await succeed(host, world, { inputs });
    });
  });

  describe('discovery', () => {
    test('is waited for, and the log says how long', async () => {
      world = await createWorld({ discoveryDelay: 1_500 });
      const { log, outputs } = await succeed(host, world, { inputs: { 'wait-timeout': '60' } });
      expect(log).toContain(`Konnect has not discovered ${REPOSITORY} yet: waited 0 s of 60 s.`);
      expect(log).toMatch(/waited [1-9] s of 60 s/u);
      expect(outputs['mapping-operation']).toBe('created');
    });

    test.each(['0', '1'])('is given up after wait-timeout (%s), with what to check', async (timeout) => {
      world = await createWorld({ discoveryDelay: 3_600_000 });
      const { error, outputs } = await fail(host, world, { inputs: { 'wait-timeout': timeout } });
      expect(error).toContain(
        `Konnect has not discovered the repository ${REPOSITORY} in the integration "azure-devops"`,
      );
      for (const check of ['organization', 'Code: Read', '"Sync Now"', 'archived', 'wait-timeout'])
        expect(error).toContain(check);
      expect(outputs).toMatchObject({
        'integration-operation': 'created',
        'credential-operation': 'created',
        'service-operation': 'created',
        'mapping-operation': 'skipped',
        'resource-id': '',
        changed: 'true',
      });
      world.state.discoveryDelay = 0;
      const next = await succeed(host, world);
      expect(next.outputs).toMatchObject({
        'service-operation': 'unchanged',
        'mapping-operation': 'created',
      });
    });

    test.each(['0', '1'])('is left to the next run with fail-on-pending: false (%s)', async (timeout) => {
      world = await createWorld({ discoveryDelay: 3_600_000 });
      const inputs = { 'wait-timeout': timeout, 'fail-on-pending': 'false' };
      const { outputs, warnings } = await succeed(host, world, { inputs });
      expect(outputs).toMatchObject({
        'service-operation': 'created',
        'mapping-operation': 'pending',
        'mapping-id': '',
        changed: 'true',
      });
      expect(warnings).toEqual([
        expect.stringMatching(
          /has not discovered the repository .* the next run of this step goes on from there/u,
        ),
      ]);
      world.forgetExchanges();
      const again = await succeed(host, world, { inputs });
      expect(again.outputs).toMatchObject({ 'mapping-operation': 'pending', changed: 'false' });
      expect(world.writes()).toEqual([]);
      world.state.discoveryDelay = 0;
      const next = await succeed(host, world, { inputs });
      expect(next.outputs['mapping-operation']).toBe('created');
      expect(next.warnings).toEqual([]);
    });

    test('fails all the same where time alone heals nothing', async () => {
      world = await createWorld({ discoveryDelay: Number.POSITIVE_INFINITY });
      const inputs = { 'fail-on-pending': 'false', 'wait-timeout': '0' };
      const { credential } = seedIntegration(world);
      credential.tainted = true;
      const tainted = await fail(host, world, { inputs: { ...inputs, 'azure-devops-pat': '' } });
      expect(tainted.error).toContain('cannot discover it');
      const missing = await fail(host, world, { inputs: { ...inputs, repository: 'acme/shop/nosuch' } });
      expect(missing.error).toContain('status 404');
      for (const one of world.state.repositories['azure-devops']) one.disabled = true;
      const disabled = await fail(host, world, { inputs });
      expect(disabled.error).toContain('is disabled');
    });

    test.each([
      ['names', 'created'],
      ['urls', 'explained'],
    ] as const)(
      'need not be waited for with map-before-discovery, where the manifest has %s',
      async (style, outcome) => {
        world = await createWorld({ discoveryDelay: 3_600_000, style });
        const inputs = { 'map-before-discovery': 'true', 'wait-timeout': '0' };
        const first = await run(host, world, { inputs });
        if (outcome === 'explained') {
          expect(first.log).toContain(
            'cannot be mapped before its discovery: not everything that Konnect describes it by is known (azure_devops_repository: url)',
          );
          expect(first.errors[0]).toContain('has not discovered');
          return;
        }
        expect(first.errors).toEqual([]);
        const [mapping] = world.state.mappings;
        expect(first.outputs).toMatchObject({
          'mapping-id': mapping?.id,
          'resource-id': mapping?.resourceId,
          'mapping-operation': 'created',
        });
        world.forgetExchanges();
        const second = await succeed(host, world, { inputs });
        expect(second.outputs).toMatchObject({
          'mapping-id': mapping?.id,
          'resource-id': mapping?.resourceId,
          changed: 'false',
        });
        expect(world.writes()).toEqual([]);
        // The same resource, once it is discovered.
        world.state.discoveryDelay = 0;
        const third = await succeed(host, world, { inputs });
        expect(third.outputs).toMatchObject({ 'mapping-id': mapping?.id, changed: 'false' });
        expect(world.state.services).toHaveLength(1);
      },
    );

    test('never maps an archived resource', async () => {
      world = await createWorld();
      seedIntegration(world);
      shopResource(world).archived = true;
      const { error } = await fail(host, world);
      expect(error).toContain('is archived in Konnect');
    });
  });

  describe('which resource it is', () => {
    test('is not guessed where two fit equally well', async () => {
      world = await createWorld();
      seedIntegration(world);
      const resource = shopResource(world);
      const double = { ...resource, id: 'doubledoubledoub' };
      world.state.resources.push(double);
      const { error } = await fail(host, world);
      expect(error).toContain(`It is not certain which resource is the repository ${REPOSITORY}:`);
      expect(error).toContain(`- ${resource.id}: `);
      expect(error).toContain(`- ${double.id}: `);
      expect(world.writes()).toEqual([]);
      const chosen = await succeed(host, world, { inputs: { 'resource-id': double.id } });
      expect(chosen.outputs['resource-id']).toBe(double.id);
    });

    test('is checked where it is given', async () => {
      world = await createWorld();
      seedIntegration(world);
      const unknown = await fail(host, world, { inputs: { 'resource-id': 'AAAAAAAAAAAAAAAA' } });
      expect(unknown.error).toContain('The resource AAAAAAAAAAAAAAAA does not exist.');
      const other = seedInstance(world, { name: 'other', config: { organization: 'other' } });
      const foreign = { ...shopResource(world), id: 'foreignforeignfo', instanceId: other.id };
      world.state.resources.push(foreign);
      const { error } = await fail(host, world, { inputs: { 'resource-id': foreign.id } });
      expect(error).toContain('belongs to the integration "other", not "azure-devops"');
      expect(world.writes()).toEqual([]);
    });

    test('survives a rename of the repository', async () => {
      world = await createWorld({ style: 'ids' });
      seedIntegration(world);
      const service = seedService(world);
      seedMapping(world, service, shopResource(world));
      for (const one of world.state.repositories['azure-devops'])
        if (one.id === SHOP.id) one.name = 'Cash Desk';
      const renamed = {
        inputs: host === 'azure' ? {} : { repository: 'acme/shop/Cash Desk' },
        environment: {
          BUILD_REPOSITORY_NAME: 'Cash Desk',
          BUILD_REPOSITORY_URI: 'https://dev.azure.com/acme/shop/_git/Cash%20Desk',
        },
      };
      const { outputs } = await succeed(host, world, renamed);
      expect(outputs).toMatchObject({
        'service-id': service.id,
        'service-name': 'checkout-api',
        changed: 'false',
      });
    });
  });

  describe('another run that is faster', () => {
    test('is adopted: a conflict is looked up, not reported', async () => {
      world = await createWorld();
      seedIntegration(world);
      let service: ReturnType<typeof seedService> | undefined;
      world.fault = ({ method, path }) => {
        // Between our look-up and our write.
        if (method === 'POST' && path === '/v1/catalog-services') service ??= seedService(world);
        return undefined;
      };
      const { outputs } = await succeed(host, world);
      expect(outputs).toMatchObject({
        'service-id': service?.id,
        'service-operation': 'unchanged',
        'mapping-operation': 'created',
      });
      expect(world.state.services).toHaveLength(1);
    });
  });

  test('a write whose answer is lost happens once', async () => {
    world = await createWorld();
    const lost = new Set<string>();
    world.fault = ({ method, path }) => {
      if (method === 'GET' || lost.has(`${method} ${path}`)) return undefined;
      lost.add(`${method} ${path}`);
      return 'reset after';
    };
    const { outputs } = await succeed(host, world);
    const { instances, credentials, services, mappings } = world.state;
    expect([instances.length, credentials.length, services.length, mappings.length]).toEqual([1, 1, 1, 1]);
    expect(outputs).toMatchObject({
      'integration-operation': 'created',
      'service-operation': 'created',
      'mapping-operation': 'created',
    });
  });

  describe("answers that are not Konnect's", () => {
    const answering = (status: number, body: string, headers: Record<string, string> = {}) => {
      world.fault = ({ path }) =>
        path.startsWith('/v1/') ? { answer: { status, body, headers } } : undefined;
    };

    test.each([
      ['a sign-in page', '<html><body>Sign in</body></html>', 'no JSON but'],
      ['truncated JSON', '{"data": [{"id": "1', 'no JSON but'],
      ['another type', '{"data": "none", "meta": {}}', 'data: expected Array'],
      [
        'null in the place of text',
        '{"data": [{"id": null, "name": "x"}], "meta": {"page": {"total": 1, "next": null}}}',
        'id: expected string, got null',
      ],
    ])('%s is told as such', async (_, body, says) => {
      world = await createWorld();
      answering(200, body);
      const { error } = await fail(host, world);
      expect(error).toMatch(/Konnect answered GET \/v1\/[\w-]+, but not as its contract says/u);
      expect(error).toContain(says);
    });

    test('a redirect is not followed', async () => {
      world = await createWorld();
      answering(302, '', { location: 'https://elsewhere.example.com/login' });
      const { error } = await fail(host, world);
      expect(error).toContain('status 302');
      expect(error).toContain('It redirects to https://elsewhere.example.com/login, which is not followed');
    });

    test('Retry-After is obeyed, and one that is absurd is left to people', async () => {
      world = await createWorld();
      seedIntegration(world);
      let times = 0;
      world.fault = ({ path }) =>
        path.startsWith('/v1/catalog-services?') && times++ === 0
          ? { answer: { status: 429, headers: { 'retry-after': '1' } } }
          : undefined;
      const { log } = await succeed(host, world);
      expect(log).toContain('GET /v1/catalog-services: status 429; trying again in 1 s');
      world.fault = () => ({ answer: { status: 429, headers: { 'retry-after': '259200' } } });
      const { error } = await fail(host, world);
      expect(error).toContain('Retry-After: 259200');
    });
  });

  test('hostile text does nothing but be shown', async () => {
    world = await createWorld();
    world.lawful = false;
    const hostile =
      '\n::set-output name=pwned::1\n##vso[task.setvariable variable=pwned]1\r\n##[error]pwned\u2028::error::pwned | <b>x</b> [a](javascript:1) `x` ![i](https://example.com/i.png)';
    seedIntegration(world);
    const resource = shopResource(world);
    resource.name = `Checkout API${hostile}`;
    world.state.style = 'ids';
    const service = seedService(world, { name: 'checkout-api', display_name: hostile, description: hostile });
    seedMapping(world, service, resource);
    await succeed(host, world, { inputs: { command: 'plan', 'resource-id': resource.id } });
    seedMapping(world, seedService(world, { name: `a${hostile}` }), resource);
    const named = await fail(host, world, { inputs: { 'resource-id': resource.id } });
    expect(named.error).toContain('is mapped to several services');
    world.fault = ({ path }) =>
      path.startsWith('/v1/')
        ? {
            answer: {
              status: 400,
              body: JSON.stringify({
                detail: hostile,
                instance: `kong:trace:${hostile}`,
                invalid_parameters: [{ field: hostile, reason: hostile }],
              }),
            },
          }
        : undefined;
    const refused = await fail(host, world);
    expect(refused.everything).toContain('pwned');
    expect(Object.keys(refused.outputs)).not.toContain('pwned');
    if (host === 'local') return;
    expect(refused.summary).not.toMatch(/<b>|\]\(|!\[|::|##vso|https:\/\/example/u);
  });
});

describe.each(HOSTS)('stopping, on %s', (host) => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'a run that is asked to by %s says what it was waiting for',
    async (signal) => {
      world = await createWorld({ discoveryDelay: 3_600_000 });
      let child: ChildProcess | undefined;
      world.fault = ({ path }) => {
        // Asked while it waits for the discovery.
        if (path.includes('integration.instance.id')) child?.kill(signal);
        return undefined;
      };
      const { error, outputs } = await fail(host, world, {
        onStart: (started) => {
          child = started;
        },
      });
      expect(error).toContain(
        `The run was cancelled (${signal}). It was still waiting for the discovery of the repository.`,
      );
      expect(outputs).toMatchObject({
        'service-operation': 'created',
        'mapping-operation': 'skipped',
        changed: 'true',
      });
    },
  );

  test('a replacement is brought to its end, whoever asks to stop', async () => {
    world = await createWorld();
    seedIntegration(world);
    seedMapping(world, seedService(world), shopResource(world));
    let child: ChildProcess | undefined;
    world.fault = ({ method }) => {
      if (method === 'DELETE') child?.kill('SIGTERM');
      return undefined;
    };
    const options = {
      inputs: { 'azure-devops-pat': world.secondPat },
      onStart: (started: ChildProcess) => {
        child = started;
      },
    };
    await run(host, world, options);
    expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
  });
});

describe.each(HOSTS)('names, on %s', (host) => {
  test('in another case than the host has them find the same repository', async () => {
    world = await createWorld();
    seedIntegration(world);
    const service = seedService(world, { name: 'pay' });
    seedMapping(world, service, shopResource(world));
    const other = {
      inputs: host === 'azure' ? {} : { repository: 'ACME/SHOP/CHECKOUT API' },
      environment: {
        BUILD_REPOSITORY_ID: '',
        BUILD_REPOSITORY_URI: 'https://dev.azure.com/acme/SHOP/_git/CHECKOUT%20API',
      },
    };
    const { outputs } = await succeed(host, world, other);
    expect(outputs).toMatchObject({ 'service-id': service.id, changed: 'false' });
  });

  test('that Konnect does not show yet: the ID finds the repository', async () => {
    world = await createWorld({ style: 'ids' });
    seedIntegration(world);
    const service = seedService(world);
    seedMapping(world, service, shopResource(world));
    world.state.discoveryDelay = Number.POSITIVE_INFINITY;
    for (const one of world.state.repositories['azure-devops'])
      if (one.id === SHOP.id) one.name = 'Cash Desk';
    const { outputs } = await succeed(host, world, {
      inputs: host === 'azure' ? {} : { repository: 'acme/shop/Cash Desk' },
      environment: { BUILD_REPOSITORY_URI: 'https://dev.azure.com/acme/shop/_git/Cash%20Desk' },
    });
    expect(outputs).toMatchObject({ 'service-id': service.id, changed: 'false' });
  });
});

describe.each(HOSTS)('secrets, on %s', (host) => {
  test('of a URL are not shown, and a PAT is not sent in clear', async () => {
    world = await createWorld();
    const unreadable = await fail(host, world, {
      inputs: { repository: 'https://ci:s3cr3t-t0ken@git.example.com/a/b.git', integration: 'azure-devops' },
    });
    expect(unreadable.everything).not.toContain('s3cr3t-t0ken');
    const clear = await fail(host, world, {
      inputs: { repository: 'http://tfs.example.com/tfs/Main/Shop/_git/api', 'azure-devops-url': '' },
    });
    expect(clear.error).toContain('The PAT would be sent to http://tfs.example.com/tfs in clear.');
    expect(world.exchanges).toEqual([]);
  });

  test("the job's own token tells the ID of a repository of its own organization", async () => {
    if (host !== 'azure') return;
    world = await createWorld({ style: 'ids' });
    seedIntegration(world);
    const { outputs } = await succeed(host, world, {
      inputs: { 'azure-devops-pat': '', 'azure-devops-url': '', repository: 'acme/shop/Checkout API' },
      environment: {
        SYSTEM_COLLECTIONURI: `${world.azureDevOpsUrl}/acme/`,
        SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: '',
      },
    });
    expect(outputs['resource-id']).toBe(shopResource(world).id);
  });

  test("the job's own token goes to its own organization alone", async () => {
    world = await createWorld({ style: 'ids' });
    seedIntegration(world);
    const inputs = {
      'azure-devops-pat': '',
      repository: 'acme/shop/Checkout API',
      integration: 'azure-devops',
    };
    await fail(host, world, { inputs });
    expect(world.exchanges.filter(({ path }) => path.startsWith('/azure-devops/'))).toEqual([]);
  });
});

test.each([50, 30, 20, 10, 7])(
  'a server that gives at most %d records a page is asked for less',
  async (largestPage) => {
    world = await createWorld({ largestPage, latency: 20 });
    for (let count = 0; count < 60; count++)
      seedInstance(world, { name: `other-${count}`, config: { organization: `other-${count}` } });
    const { instance } = seedIntegration(world, { name: 'ours' });
    for (let count = 0; count < 60; count++) {
      const resource = { ...shopResource(world, TWIN.project), id: `aaaaaaaaaaaaaa${count + 10}` };
      world.state.resources.unshift(resource);
    }
    const { outputs } = await succeed('github', world);
    expect(outputs).toMatchObject({ 'integration-id': instance.id, 'mapping-operation': 'created' });
    const refused = world.exchanges.filter(({ status }) => status === 400);
    const sizes = new Set(refused.map(({ path }) => /size%5D=(\d+)/u.exec(path)?.[1]));
    // Once for each read that was under way.
    expect(refused.length).toBeLessThanOrEqual(3 * sizes.size);
  },
);

test('a collection that changes between two pages is read again', async () => {
  world = await createWorld();
  for (let count = 0; count < 120; count++)
    seedInstance(world, { name: `other-${count}`, config: { organization: `other-${count}` } });
  const { instance } = seedIntegration(world, { name: 'ours' });
  // Ours moves from the first place of the second page to the last one of the first, which was read already.
  world.state.instances = [
    ...world.state.instances.filter((one) => one !== instance).toSpliced(100, 0, instance),
  ];
  let removed = false;
  world.fault = ({ path }) => {
    if (path.includes('/integration-instances?') && path.includes('number%5D=2') && !removed) {
      removed = true;
      world.state.instances.shift();
    }
    return undefined;
  };
  const { outputs } = await succeed('github', world);
  expect(outputs['integration-id']).toBe(instance.id);
  expect(removed).toBe(true);
});

describe('sizes', () => {
  test('an answer of 200 MB is not read to its end', async () => {
    world = await createWorld();
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    const server = http.createServer((_, response) => {
      const more = () => {
        while (sent < 200 && response.writable) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { error } = await fail('github', world, { inputs: { 'catalog-url': url } });
    server.closeAllConnections();
    server.close();
    expect(error).toContain('the answer is larger than 20971520 bytes');
    expect(sent).toBeLessThan(150);
  });

  test('10,000 bad labels are one message that can be read', async () => {
    world = await createWorld();
    const labels = Array.from({ length: 10_000 }, (_, index) => `_${index}=v`).join('\n');
    const { error } = await fail('github', world, { inputs: { 'service-labels': labels } });
    expect(error).toContain('- and 9981 more');
    expect(error.length).toBeLessThan(10_000);
  });
});

test.each([2, 5, 8, 11])(
  'killed right after request %d, the next run ends in the same place',
  async (position) => {
    world = await createWorld();
    let child: ChildProcess | undefined;
    let count = 0;
    world.fault = () => {
      count += 1;
      if (count === position) child?.kill('SIGKILL');
      return undefined;
    };
    await runStep('github', world, {
      onStart: (started) => {
        child = started;
      },
    });
    world.fault = undefined;
    await succeed('github', world);
    const { instances, credentials, services, mappings } = world.state;
    expect([instances.length, credentials.length, services.length, mappings.length]).toEqual([1, 1, 1, 1]);
  },
);

/** These wait for what takes seconds, and what waits is the same on all hosts. */
describe('patience', () => {
  const host = 'github';

  test('a name that is taken by what this token may not see is an error that says so', async () => {
    world = await createWorld();
    seedIntegration(world);
    world.fault = ({ method, path }) =>
      method === 'POST' && path === '/v1/catalog-services'
        ? {
            answer: {
              status: 409,
              body: JSON.stringify({
                status: 409,
                title: 'Conflict',
                instance: 'kong:trace:1',
                detail: 'Key (org_id, name)=(1, checkout-api) already exists.',
              }),
            },
          }
        : undefined;
    const { error } = await fail(host, world);
    expect(error).toContain('The service "checkout-api" can neither be found nor created.');
    expect(error).toContain('may be taken by a service that this catalog-token may not see');
  });

  test('a fault that lasts is given up after a few tries', async () => {
    world = await createWorld();
    world.fault = () => ({ answer: { status: 502, body: '<html><h1>Bad Gateway</h1></html>' } });
    const { error, log } = await fail(host, world);
    expect(error).toContain('status 502. Bad Gateway');
    expect(log).toContain('trying again in');
    const paths = world.exchanges.map(({ path }) => path);
    expect(Math.max(...paths.map((path) => paths.filter((one) => one === path).length))).toBe(5);
  });

  test('a catalog that is not there', async () => {
    world = await createWorld();
    const { error } = await fail(host, world, { inputs: { 'catalog-url': 'http://127.0.0.1:9' } });
    expect(error).toMatch(/GET http:\/\/127\.0\.0\.1:9\/v1\/[\w-]+ got no answer: ECONNREFUSED/u);
    expect(error).toContain('HTTPS_PROXY');
  });
});
