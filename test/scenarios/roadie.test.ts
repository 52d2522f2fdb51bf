import { fail, succeed } from './support/check.ts';
import { HOSTS, type RunOptions } from './support/runners.ts';
import { createWorld, SHOP, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const FILE = '/catalog-info.yaml';
const step = (inputs: Record<string, string> = {}): RunOptions => ({
  inputs: {
    catalog: 'roadie',
    repository: `acme/shop/${SHOP.name}`,
    'wait-timeout': '10',
    ...inputs,
  },
});
const target = () => `${world.azureDevOpsUrl}/acme/shop/_git/Checkout%20API?path=${FILE}`;

/** A company whose repository has a catalog file. */
async function createCompany(file: string | undefined = COMPONENT): Promise<World> {
  const created = await createWorld();
  const shop = created.state.repositories['azure-devops'].find(({ id }) => id === SHOP.id);
  if (shop && file) shop.files = { [FILE]: file };
  created.roadie.secret = [{ status: 'Available', value: `****${created.pat.slice(-4)}` }];
  // What is asked of Roadie is none of Konnect's.
  created.lawful = false;
  return created;
}
const COMPONENT =
  'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: checkout-api\nspec:\n  type: service\n  lifecycle: production\n  owner: shop-team\n';

const written = () =>
  world.exchanges.filter(
    ({ method, path }) => method === 'PUT' || (/\/locations$/u.test(path) && method === 'POST'),
  );

describe.each(HOSTS)('on %s', (host) => {
  test('from nothing: everything that a person must do, once and in order', async () => {
    world = await createCompany();
    world.roadie.secret = [{ status: 'Not Set', value: '' }];
    world.roadie.codeSearch = 'not installed';
    const { error, outputs, summary } = await fail(host, world, step());
    const steps = error.split('\n').filter((line) => /^\d\. /u.test(line));
    expect(steps).toEqual([
      expect.stringMatching(
        /^1\. Install the extension Code Search in the organization "acme".*marketplace/u,
      ),
      expect.stringMatching(
        /^2\. Put the azure-?[dD]evops-?[pP]at that is given into the secret AZURE_TOKEN at .*\/administration\/secrets/u,
      ),
      expect.stringMatching(
        /^3\. Do one of these: .* \S+\/administration\/settings\/integrations\/azure, with Organization: acme, Project: shop, Repository: Checkout API .*Path: \/catalog-info\.yaml; or, for acme\/shop\/Checkout API alone, import .* at \S+\/import\/entity\.$/u,
      ),
    ]);
    expect(outputs).toMatchObject({
      'integration-operation': 'pending',
      'credential-operation': 'pending',
      'credential-status': 'missing',
      'service-operation': 'pending',
      'mapping-operation': 'pending',
      changed: 'false',
    });
    if (host !== 'local') expect(summary).toContain('| integration | ');
    const spared = await succeed(host, world, step({ 'fail-on-pending': 'false' }));
    expect(spared.warnings).toEqual([expect.stringContaining('This is left for a person to do')]);
    expect(written()).toEqual([]);
  });

  test('once Roadie has discovered it, nothing is left', async () => {
    world = await createCompany();
    const entity = world.roadie.discover(target(), 'checkout-api');
    const { outputs, warnings } = await succeed(host, world, step());
    expect(outputs).toMatchObject({
      'integration-operation': 'unchanged',
      'credential-operation': 'unchanged',
      'credential-status': 'valid',
      'service-operation': 'unchanged',
      'service-id': entity.metadata.uid,
      'service-name': 'component:default/checkout-api',
      'mapping-operation': 'unchanged',
      changed: 'false',
    });
    expect(warnings).toEqual([]);
    expect(written()).toEqual([]);
  });

  test('where POST /locations is offered, it is used, and a second run writes nothing', async () => {
    world = await createCompany();
    world.roadie.offers.locations = true;
    const planned = await succeed(host, world, step({ command: 'plan' }));
    expect(planned.outputs['mapping-operation']).toBe('created');
    expect(written()).toEqual([]);
    const { outputs } = await succeed(host, world, step());
    expect(outputs).toMatchObject({ 'service-operation': 'created', 'mapping-operation': 'created' });
    expect(outputs['mapping-id']).toBe(world.roadie.locations[0]?.id);
    expect((await succeed(host, world, step())).outputs.changed).toBe('false');
    expect(written()).toHaveLength(1);
  });

  test('a secret that is being updated is waited for; one with another PAT is a warning', async () => {
    world = await createCompany();
    world.roadie.discover(target(), 'checkout-api');
    world.roadie.secret = [
      { status: 'Updating', value: '' },
      { status: 'Available', value: `****${world.pat.slice(-4)}` },
    ];
    const { log } = await succeed(host, world, step());
    expect(log).toContain('Roadie is updating the secret AZURE_TOKEN');
    world.roadie.secret = [{ status: 'Available', value: '****0000' }];
    const { warnings } = await succeed(host, world, step());
    expect(warnings).toContainEqual(
      expect.stringContaining('ends in other characters than the azure-devops-pat'),
    );
  });

  test('an entity is pushed, once, from the file', async () => {
    world = await createCompany();
    const push = step({ entity: 'push' });
    const planned = await succeed(host, world, step({ entity: 'push', command: 'plan' }));
    expect(planned.outputs).toMatchObject({ 'service-operation': 'created', 'mapping-operation': 'created' });
    expect(written()).toEqual([]);
    const { outputs } = await succeed(host, world, push);
    expect(outputs).toMatchObject({
      'service-operation': 'created',
      'service-id': world.roadie.entities[0]?.metadata.uid,
      'mapping-operation': 'created',
      'credential-operation': 'skipped',
    });
    expect((await succeed(host, world, push)).outputs.changed).toBe('false');
    const shop = world.state.repositories['azure-devops'].find(({ id }) => id === SHOP.id);
    if (shop) shop.files = { [FILE]: COMPONENT.replace('shop-team', 'others') };
    expect((await succeed(host, world, push)).outputs['mapping-operation']).toBe('updated');
    expect(world.roadie.entities).toMatchObject([{ spec: { owner: 'others' } }]);
  });

  test('an entity is pushed from the inputs, where there is no file', async () => {
    world = await createCompany('');
    const inputs = {
      entity: 'push',
      'service-custom-fields': 'owner: shop-team',
      'service-labels': 'tier=gold',
    };
    await succeed(host, world, step(inputs));
    expect(world.roadie.entities).toMatchObject([
      {
        metadata: { name: 'checkout-api', labels: { tier: 'gold' } },
        spec: { owner: 'shop-team' },
      },
    ]);
    expect((await succeed(host, world, step(inputs))).outputs.changed).toBe('false');
  });

  test('a name that comes from elsewhere is not pushed', async () => {
    world = await createCompany();
    world.roadie.discover('https://dev.azure.com/acme/other/_git/x?path=/catalog-info.yaml', 'checkout-api');
    const { error } = await fail(host, world, step({ entity: 'push' }));
    expect(error).toContain('is taken by an entity of https://dev.azure.com/acme/other');
    expect(written()).toEqual([]);
  });

  test('a repository without the file', async () => {
    world = await createCompany('');
    const { error } = await fail(host, world, step({ entity: 'generate' }));
    expect(error).toContain('commit the file that is shown above');
  });

  test('a bad token is told in the words of the gateway', async () => {
    world = await createCompany();
    world.roadie.tokens.clear();
    const { error } = await fail(host, world, step());
    expect(error).toContain('status 403, request a1b2. Forbidden');
    expect(error).toContain('(on Roadie) is not valid');
  });

  test('the reminder works as for every catalog', async () => {
    world = await createCompany();
    const remind = step({ command: 'remind', 'pat-expires-on': '2020-01-01', 'fail-on': 'none' });
    const { outputs } = await succeed(host, world, remind);
    expect(outputs).toMatchObject({ 'credential-status': 'expiring', 'credential-expires-on': '2020-01-01' });
    world.roadie.secret = [{ status: 'Not Set', value: '' }];
    expect((await fail(host, world, step({ command: 'remind' }))).outputs['credential-status']).toBe(
      'missing',
    );
  });
});

test('without anybody who can look for the file, nothing that was made from it is lost', async () => {
  world = await createCompany();
  await succeed('local', world, step({ entity: 'push' }));
  const { error } = await fail('local', world, step({ entity: 'push', 'azure-devops-pat': '' }));
  expect(error).toContain('Set azure-devops-pat');
  expect(world.roadie.entities).toHaveLength(1);
});

test('two repositories do not push one name; one that was renamed is told of its old set', async () => {
  world = await createCompany();
  await succeed('github', world, step({ entity: 'push' }));
  const twin = step({ entity: 'push', repository: `acme/archive/${SHOP.name}` });
  const { error } = await fail('github', world, twin);
  expect(error).toContain('is taken by an entity of roadie-api:');
  const [set] = world.roadie.sets.keys();
  expect(error).toContain(`in the entity set "${set}"`);
  expect(error).toContain('If this repository was renamed');
  expect(world.roadie.sets.size).toBe(1);
});

test.each([
  ['an alias without an anchor', 'x: *nobody\n', 'nobody'],
  ['an alias of itself', 'x: &s {again: *s}\n', 'circular'],
  [
    'aliases of aliases',
    `${'abcdefgh'.split('').reduce((text, one, index, all) => `${text}${one}: &${one} [${Array(9).fill(index ? `*${all[index - 1]}` : 'lol')}]\n`, '')}`,
    'alias',
  ],
  ['no number', 'x: .nan\n', 'NaN'],
  ['a number without an end', 'x: -.inf\n', '-Infinity'],
  ['a broken line', 'x: [\n', 'is not YAML'],
  [
    'a Location',
    '---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: x}\nspec: {targets: [./services/a.yaml]}\n',
    'has a Location',
  ],
])('a file with %s is not pushed', async (_, text, says) => {
  world = await createCompany(`${COMPONENT}${text}`);
  for (const command of ['plan', 'register']) {
    const { error } = await fail('azure', world, step({ entity: 'push', command }));
    expect(error).toContain('/catalog-info.yaml');
    expect(error).toContain(says);
    expect(error).not.toContain('bug');
  }
  expect(written()).toEqual([]);
});

test('a file whose aliases say something is pushed, and is unchanged then', async () => {
  world = await createCompany(
    COMPONENT.replace('owner: shop-team', 'owner: &owner shop-team\n  system: *owner\n  since: 2026-01-01'),
  );
  await succeed('github', world, step({ entity: 'push' }));
  expect(world.roadie.entities).toMatchObject([{ spec: { owner: 'shop-team', system: 'shop-team' } }]);
  expect((await succeed('github', world, step({ entity: 'push' }))).outputs.changed).toBe('false');
});

describe('that a secret is set does not say that it works', () => {
  const unknown = { 'credential-operation': 'unchanged', 'credential-status': 'unknown' };

  test.each(['register', 'plan', 'remind'])('%s', async (command) => {
    world = await createCompany();
    world.roadie.discover(target(), 'checkout-api');
    const { outputs, log, warnings } = await succeed(
      'github',
      world,
      step({ command, 'azure-devops-pat': '' }),
    );
    expect(outputs).toMatchObject(unknown);
    expect(`${log}${warnings}`).not.toContain('works, as far as is known');
    if (command === 'remind')
      expect(warnings).toEqual([expect.stringContaining('only that the secret is set')]);
  });

  test('a reading shows it', async () => {
    world = await createCompany();
    world.roadie.offers.locations = true;
    for (const command of ['remind', 'register', 'plan']) {
      const { outputs } = await succeed('local', world, step({ command, 'azure-devops-pat': '' }));
      expect([command, outputs['credential-status']]).toEqual([
        command,
        command === 'plan' ? 'unknown' : 'valid',
      ]);
    }
  });

  test('so does the same PAT, tried', async () => {
    world = await createCompany();
    const remind = (pat: string) =>
      succeed('azure', world, step({ command: 'remind', 'azure-devops-pat': pat }));
    expect((await remind(world.pat)).outputs['credential-status']).toBe('valid');
    expect((await remind(world.secondPat)).outputs['credential-status']).toBe('unknown');
  });

  test('without a repository, nothing can be tried', async () => {
    world = await createCompany();
    world.roadie.offers.locations = true;
    const remind = step({
      command: 'remind',
      repository: '',
      'azure-devops-organization': 'acme',
      'azure-devops-pat': '',
      'fail-on': 'unknown',
    });
    expect((await fail('local', world, remind)).outputs).toMatchObject(unknown);
  });
});

test.each(['register', 'remind'])('the PAT died after the discovery: %s tells', async (command) => {
  world = await createCompany();
  world.roadie.discover(target(), 'checkout-api');
  world.roadie.failReading(target(), REFUSED());
  const died = await fail('github', world, step({ command, 'azure-devops-pat': '' }));
  expect(`${died.log}${died.error}`).toContain('401 Unauthorized');
  expect(died.outputs['credential-status']).toBe('tainted');
  if (command === 'register') {
    expect(died.error).toContain('1. Make a new PAT');
    expect(died.outputs).toMatchObject({
      'credential-operation': 'pending',
      'service-operation': 'unchanged',
      'mapping-operation': 'unchanged',
    });
  }
  world.roadie.failReading(target(), 'Error: Unable to read url, socket hang up');
  const other = await succeed('github', world, step({ command, 'azure-devops-pat': '' }));
  expect(other.outputs['credential-status']).toBe('unknown');
  expect(other.warnings.join()).toContain('socket hang up');
});

test.each<[string, (url: string) => string]>([
  ['of a branch', (url) => `${url}&version=GBmain`],
  ['in another case, encoded', (url) => url.replace('acme/shop', 'Acme/Shop').replace('path=/', 'path=%2F')],
])('a file that Roadie knows by a URL %s is recognized', async (_, spelled) => {
  world = await createCompany();
  world.roadie.discover(spelled(target()), 'checkout-api');
  const { outputs, warnings } = await succeed('azure', world, step());
  expect(outputs).toMatchObject({ 'service-operation': 'unchanged', 'mapping-operation': 'unchanged' });
  expect(warnings).toEqual([]);
});

test.each([
  [
    'by the old address of the organization',
    'https://dev.azure.com/acme/Payments/_git/ledger',
    'https://acme.visualstudio.com/Payments/_git/ledger?path=/catalog-info.yaml',
    undefined,
  ],
  [
    'by another file of the repository',
    'https://github.com/acme/ledger',
    'https://github.com/acme/ledger/blob/main/all.yaml',
    'https://github.com/acme/ledger/tree/main/catalog-info.yaml',
  ],
  [
    'as /tree/',
    'https://github.com/acme/ledger',
    'https://github.com/acme/ledger/tree/main/catalog-info.yaml',
    undefined,
  ],
  [
    'as /blob/HEAD/',
    'https://github.com/acme/ledger',
    'https://github.com/acme/ledger/blob/HEAD/catalog-info.yaml',
    'https://github.com/acme/ledger/tree/HEAD/catalog-info.yaml',
  ],
])('a file that Roadie imported %s is recognized', async (_, repository, origin, readAs) => {
  world = await createCompany();
  // Another name than the repository's, so that only the file tells.
  world.roadie.discover(origin, 'general-ledger', readAs);
  const inputs = { repository, 'azure-devops-url': '', 'azure-devops-pat': '' };
  const { outputs } = await succeed('github', world, step(inputs));
  expect(outputs).toMatchObject({
    'service-name': 'component:default/general-ledger',
    'service-operation': 'unchanged',
    'mapping-operation': 'unchanged',
  });
});

test('a file whose URL is too long for the index is found by the name of its component', async () => {
  world = await createCompany();
  const file = `/${'deeply/nested/'.repeat(15)}catalog-info.yaml`;
  const shop = world.state.repositories['azure-devops'].find(({ id }) => id === SHOP.id);
  if (shop) shop.files = { [file]: COMPONENT };
  const entity = world.roadie.discover(target().replace(FILE, file), 'checkout-api');
  const { outputs } = await succeed('github', world, step({ 'catalog-file': file }));
  expect(outputs).toMatchObject({ 'service-id': entity.metadata.uid, 'mapping-operation': 'unchanged' });
});

test.each([
  [
    'a broken connection',
    'Error: Unable to read url, Unable to read https://dev.azure.com/x, TypeError: fetch failed',
  ],
  ['a sign-in page', 'Error: Expected object at root, got string'],
])('%s says nothing of the file', async (_, says) => {
  world = await createCompany();
  refuse(says);
  const { error, outputs } = await fail('github', world, step({ 'azure-devops-pat': '' }));
  expect(error).toContain(says);
  expect(error).not.toContain('Correct the file');
  expect(outputs).toMatchObject({ 'integration-operation': 'skipped', 'credential-status': 'unknown' });
  // What is known to be missing is what is to be done.
  world.roadie.secret = [{ status: 'Not Set', value: '' }];
  const unset = await fail('github', world, step());
  expect(unset.error).toContain('into the secret AZURE_TOKEN');
  expect(unset.outputs['credential-status']).toBe('missing');
});

test.each([
  ['register', {}],
  ['plan', {}],
  ['remind', {}],
  ['remind', { repository: '', 'azure-devops-organization': 'acme' }],
])('%s says that Roadie reads no Azure DevOps Server', async (command, inputs) => {
  world = await createCompany();
  const onServer = { command, 'azure-devops-url': 'https://tfs.example.com/tfs', 'azure-devops-pat': '' };
  const { error, outputs } = await fail('azure', world, step({ ...onServer, ...inputs }));
  expect(error).toContain('Roadie does not read Azure DevOps Server');
  expect(outputs['credential-status']).toBe('');
  expect(world.exchanges).toEqual([]);
});

test.each([
  ['an error of the protocol', { error: { code: -32603, message: 'Missing permission' } }],
  [
    'an error of the tool',
    { result: { isError: true, content: [{ type: 'text', text: 'Missing permission' }] } },
  ],
])('%s names the permission that is missing', async (_, answer) => {
  world = await createCompany();
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer });
  world.fault = ({ path }) => (path.includes('/mcp/') ? { answer: { status: 200, body } } : undefined);
  const remind = { command: 'remind', 'azure-devops-pat': '' };
  const { error } = await fail('github', world, step(remind));
  expect(error).toContain('"Backend config read"');
  expect(error).toContain('Missing permission');
  expect(error).not.toContain('catalog-url');
  const known = await succeed('github', world, step({ ...remind, 'pat-expires-on': '2099-01-01' }));
  expect(known.outputs).toMatchObject({ 'credential-status': 'unknown', 'credential-operation': 'skipped' });
});

test.each([
  ['is refused', { answer: { status: 500 } }],
  ['is none of it', { answer: { status: 200, body: '<html>' } }],
  ['is an error', { answer: { status: 200, body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}' } }],
  ['does not come', 'reset before'],
] as const)(
  'a helper whose answer %s does not end the run',
  async (_, fault) => {
    world = await createCompany();
    world.roadie.discover(target(), 'checkout-api');
    world.fault = ({ path }) => (path.includes('/mcp/') || path.includes('codesearch') ? fault : undefined);
    const { outputs } = await succeed('github', world, step());
    expect(outputs).toMatchObject({ 'credential-operation': 'skipped', 'mapping-operation': 'unchanged' });
  },
  60_000,
);

test('a secret that is updated for ever is left to a person', async () => {
  world = await createCompany();
  world.roadie.discover(target(), 'checkout-api');
  world.roadie.secret = [{ status: 'Updating', value: '' }];
  const { error } = await fail('github', world, step({ 'wait-timeout': '0' }));
  expect(error).toContain('1. Wait until Roadie has updated the secret AZURE_TOKEN.');
});

/** Has the dry run answer 400 with these words. */
function refuse(message: string): void {
  const body = JSON.stringify({ error: { name: 'InputError', message } });
  world.fault = ({ path }) => (path.includes('dryRun') ? { answer: { status: 400, body } } : undefined);
}
const REFUSED = () =>
  `Error: Unable to read url, ${target()} could not be read as https://dev.azure.com/x, 401 Unauthorized`;

test('where Azure DevOps refuses the PAT of Roadie, a new one is what is needed', async () => {
  world = await createCompany();
  refuse(REFUSED());
  const { error, outputs } = await fail('github', world, step());
  expect(error.match(/^\d\. .*$/gmu)).toEqual([expect.stringContaining('1. Make a new PAT')]);
  expect(outputs).toMatchObject({ 'credential-operation': 'pending', 'credential-status': 'tainted' });
});

test('a reminder that cannot see the secret says so, and closes nothing', async () => {
  world = await createCompany();
  world.fault = ({ path }) => (path.includes('/mcp/') ? { answer: { status: 500 } } : undefined);
  const remind = step({ command: 'remind', 'pat-expires-on': '2030-01-01' });
  expect((await fail('github', world, remind)).error).toContain('status 500');
}, 60_000);

test('a ref as service-name becomes a name', async () => {
  world = await createCompany('');
  await succeed('github', world, step({ entity: 'push', 'service-name': 'component:default/shop' }));
  expect(world.roadie.entities).toMatchObject([{ metadata: { name: 'shop', namespace: 'default' } }]);
});

test('a repository on GitHub is imported by hand', async () => {
  world = await createCompany();
  const { error } = await fail(
    'github',
    world,
    step({ repository: 'https://github.com/acme/x', 'azure-devops-pat': '' }),
  );
  expect(error.match(/^\d\. .*$/gmu)).toEqual([
    expect.stringContaining('1. See to it that Roadie may read "acme"'),
    expect.stringMatching(/^2\. Import https:\/\/github\.com\/acme\/x\/blob\/main/u),
  ]);
});

test.each(['unauthorized', 'not indexed'] as const)(
  'Code Search %s is no proof that it is missing',
  async (state) => {
    world = await createCompany();
    world.roadie.codeSearch = state;
    const { error } = await fail('github', world, step());
    expect(error).not.toContain('1. Install the extension');
  },
);

test('a page of another server is no proof that Code Search is missing', async () => {
  world = await createCompany();
  world.fault = ({ path }) =>
    path.includes('codesearch') ? { answer: { status: 404, body: '<html>Not Found</html>' } } : undefined;
  expect((await fail('github', world, step())).error).not.toContain('1. Install the extension');
});

test('a token that may not see the secrets cannot tell', async () => {
  world = await createCompany();
  world.roadie.offers.secrets = false;
  world.roadie.discover(target(), 'checkout-api');
  const { outputs } = await succeed('github', world, step());
  expect(outputs['credential-operation']).toBe('skipped');
});

test('an answer that is lost is looked for', async () => {
  world = await createCompany();
  let lost = false;
  world.fault = ({ method }) => {
    if (method !== 'PUT' || lost) return undefined;
    lost = true;
    return 'reset after';
  };
  const { outputs } = await succeed('azure', world, step({ entity: 'push' }));
  expect(outputs['mapping-operation']).toBe('created');
  expect(written()).toHaveLength(1);
});
