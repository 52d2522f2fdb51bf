import { fail, run, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe.each(HOSTS)('on %s', (host) => {
  test('every bad input is named in one message, before the first request', async () => {
    const { error, outputs } = await fail(host, world, {
      inputs: {
        'catalog-region': 'mars',
        'catalog-url': 'http://catalog.example.com',
        'rotate-credential': 'sometimes',
        'service-name': 'Checkout API',
        'service-display-name': 'x'.repeat(121),
        'service-labels': 'konnect-team=a\ntier=not a value\nfine=yes',
        'service-custom-fields': 'owner: [1, 2]\ngit_repo: https://example.com',
        'resource-id': 'short',
        'wait-timeout': '5 minutes',
        'map-before-discovery': 'perhaps',
      },
    });
    for (const words of [
      'catalog-region is "mars"; it can be us, eu, au, me, in, sg',
      'catalog-url must be an https URL',
      'rotate-credential is "sometimes"; it can be auto, always, never',
      'service-name is "Checkout API"',
      'service-display-name has 121 characters',
      'service-labels has the label key "konnect-team"',
      'service-labels has the value "not a value" for the label "tier"',
      'service-custom-fields needs text for owner',
      'service-custom-fields needs a map of name and link for git_repo',
      'resource-id is "short"',
      'wait-timeout is "5 minutes"',
      'map-before-discovery is "perhaps"; it can be true or false',
    ])
      expect(error).toContain(`- ${words}`);
    expect(world.exchanges).toEqual([]);
    expect(outputs).toMatchObject({ 'integration-operation': 'skipped', changed: 'false' });
  });

  test.each([
    ['catalog', 'compass'],
    ['integration', 'bitbucket'],
    ['summary', 'maybe'],
    ['wait-timeout', '-1'],
    ['service-labels', 'a=1\na=2'],
    ['service-labels', '- a\n- b'],
    ['service-labels', '{"a": {"b": 1}}'],
    ['service-labels', '_a=1'],
    ['service-labels', Array.from({ length: 51 }, (_, index) => `key-${index}=v`).join('\n')],
    ['service-custom-fields', '{{'],
    ['service-custom-fields', 'a: &a [x]\nb: *a'],
    ['service-custom-fields', 'just text'],
    ['service-description', 'x'.repeat(2049)],
    ['integration-name', '-_-'],
    ['integration-display-name', 'x'.repeat(121)],
    ['azure-devops-url', 'ftp://example.com'],
    ['catalog-url', 'https://user:password@example.com'],
  ])('%s: %s is refused', async (name, value) => {
    const { error } = await fail(host, world, { inputs: { [name]: value } });
    expect(error).toContain(name);
    expect(world.exchanges).toEqual([]);
  });

  test('an empty token is an error that names the secret and the usual mistakes', async () => {
    const { error } = await fail(host, world, { inputs: { 'catalog-token': '' } });
    expect(error).toContain('catalog-token is empty');
    expect(error).toContain('secrets: inherit');
    expect(world.exchanges).toEqual([]);
  });

  test('the URL of the catalog may end in / or /v1', async () => {
    for (const end of ['/', '/v1', '/v1/']) {
      const { outputs } = await succeed(host, world, {
        inputs: { 'catalog-url': `${world.url}${end}`, command: 'plan' },
      });
      expect(outputs['integration-operation']).toBe('created');
    }
  });

  test('contradictions between repository and other inputs are told', async () => {
    const url = 'https://dev.azure.com/umbrella/shop/_git/Checkout%20API';
    const organization = await fail(host, world, {
      inputs: { repository: url, 'azure-devops-organization': 'acme' },
    });
    expect(organization.error).toContain(
      'The repository umbrella/shop/Checkout API is not in the organization "acme"',
    );
    const integration = await fail(host, world, { inputs: { repository: url, integration: 'github' } });
    expect(integration.error).toContain(
      'The integration github does not read the repository umbrella/shop/Checkout API',
    );
    const unreadable = await fail(host, world, { inputs: { repository: '../../etc' } });
    expect(unreadable.error).toContain('The repository "../../etc" cannot be read');
    expect(world.exchanges).toEqual([]);
  });

  test('without a summary', async () => {
    const { summary } = await succeed(host, world, { inputs: { command: 'plan', summary: 'false' } });
    expect(summary).toBe('');
  });
});

describe('a pull request without secrets', () => {
  const pull = (from: string | null) => ({
    name: 'pull_request',
    payload: { pull_request: { head: { repo: from === null ? null : { full_name: from } } } },
  });
  const inputs = { 'catalog-token': '', 'azure-devops-pat': '' };

  test.each([
    ['github', 'a fork', { event: pull('someone/web-shop') }],
    ['github', 'a fork that was deleted', { event: pull(null) }],
    [
      'github',
      'Dependabot',
      { event: pull('acme-inc/web-shop'), environment: { GITHUB_ACTOR: 'dependabot[bot]' } },
    ],
    ['azure', 'a fork', { environment: { SYSTEM_PULLREQUEST_ISFORK: 'True', BUILD_REASON: 'PullRequest' } }],
  ] as const)('on %s from %s is one notice, and a success', async (host, _, options) => {
    const result = await run(host, world, { inputs, ...options });
    expect(result.succeeded).toBe(true);
    expect(result.notices).toEqual([
      expect.stringMatching(/^Nothing to do: a pull request (?:from a fork|of Dependabot) gets no secrets/u),
    ]);
    expect([...result.warnings, ...result.errors]).toEqual([]);
    expect(result.outputs).toMatchObject({ 'service-operation': 'skipped', changed: 'false' });
    expect(world.exchanges).toEqual([]);
  });

  test('of our own branch is an error: there the secret should be', async () => {
    const { error } = await fail('github', world, { inputs, event: pull('acme-inc/web-shop') });
    expect(error).toContain('catalog-token is empty');
  });

  test('on Azure Pipelines, a variable that does not exist is an empty token', async () => {
    const { error } = await fail('azure', world, { inputs: { 'catalog-token': '$(CatalogToken)' } });
    expect(error).toContain('catalog-token is empty');
    const fork = await run('azure', world, {
      inputs: { 'catalog-token': '$(CatalogToken)', 'azure-devops-pat': '$(Pat)' },
      environment: { SYSTEM_PULLREQUEST_ISFORK: 'True' },
    });
    expect(fork.notices).toHaveLength(1);
  });
});

describe('the current repository', () => {
  test.each([
    ['Bitbucket', 'is of a kind that no catalog integration reads (Bitbucket)'],
    ['Svn', 'is of a kind that no catalog integration reads (Svn)'],
    [undefined, 'is unknown: the pipeline has no Build.Repository variables'],
  ])('on Azure Pipelines from %s is refused clearly', async (provider, message) => {
    const { error } = await fail('azure', world, {
      environment: {
        BUILD_REPOSITORY_PROVIDER: provider,
        BUILD_REPOSITORY_URI: 'https://bitbucket.org/acme/shop',
      },
    });
    expect(error).toContain(`The current repository ${message}`);
    expect(error).toContain('Set repository to');
  });

  test('on a laptop without a remote is asked for', async () => {
    const { error } = await fail('local', world, { inputs: { repository: '' } });
    expect(error).toContain('its remote "origin" is not on a host that a catalog integration reads');
  });
});

describe('the command line', () => {
  test('takes no secret', async () => {
    const { runStep } = await import('./support/runners.ts');
    const result = await runStep('local', world, {
      inputs: { command: 'register' },
      arguments: ['--catalog-token=x'],
    });
    expect(result.exitCode).toBe(1);
    expect(result.everything).toContain('Set the variable CATALOG_TOKEN instead');
  });

  test.each([
    ['--version', 0],
    ['--help', 0],
    ['--nonsense', 1],
    ['nonsense', 1],
  ])('%s', async (argument, exitCode) => {
    const { runStep } = await import('./support/runners.ts');
    const result = await runStep('local', world, { only: [argument] });
    expect(result.exitCode).toBe(exitCode);
    expect(result.log).toMatch(
      argument === '--version' ? /^\d+\.\d+\.\d+$/mu : /catalog-connect \[register\|plan\|remind\]/u,
    );
  });
});
