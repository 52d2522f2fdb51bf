import { dayOf, daysAfter } from '../../src/dates.ts';
import { authorizeInBrowser } from '../../src/sandbox/state.ts';
import { fail, run, succeed } from './support/check.ts';
import { HOSTS, type RunOptions } from './support/runners.ts';
import { seedIntegration } from './support/seeds.ts';
import { createWorld, ON_GITHUB, SHOP, type World } from './support/world.ts';

/** Which repository, organization and credential a run means, before a catalog is asked. */

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const in5Days = daysAfter(dayOf(Date.now()), 5);
const buildsGitHub = {
  BUILD_REPOSITORY_PROVIDER: 'GitHub',
  BUILD_REPOSITORY_ID: 'acme-inc/web-shop',
  BUILD_REPOSITORY_NAME: 'acme-inc/web-shop',
  BUILD_REPOSITORY_URI: 'https://github.com/acme-inc/web-shop',
};

describe.each(HOSTS)('on %s', (host) => {
  describe('a secret that is no PAT is refused before any request', () => {
    test.each([
      [{ 'rotate-credential': 'auto' }],
      [{ 'rotate-credential': 'always' }],
      [{ command: 'plan' }],
      [{ command: 'remind' }],
      [{ catalog: 'roadie' }],
      [{ repository: 'https://github.com/acme-inc/web-shop' }],
    ] as Record<string, string>[][])('with %j', async (inputs) => {
      seedIntegration(world);
      const { error } = await fail(host, world, {
        inputs: { ...inputs, 'azure-devops-pat': world.jobToken },
      });
      expect(error).toMatch(/azure-devops-pat is (?:the job's own token|a token that expires within hours)/u);
      expect(error).toContain('Create a personal access token');
      expect(world.exchanges).toEqual([]);
    });

    test.each([
      ['ghs_D4e5F6g7H8i9J0k1L2m3', 'GitHub'],
      ['glpat-D4e5F6g7H8i9J0k1', 'GitLab'],
      ['spat_D4e5F6g7H8i9J0k1L2', 'Kong Konnect'],
    ])('%s', async (pat, whose) => {
      const { error } = await fail(host, world, { inputs: { 'azure-devops-pat': pat } });
      expect(error).toContain(`azure-devops-pat is a token of ${whose}`);
      expect(world.exchanges).toEqual([]);
    });

    test('nor is it a token of the catalog', async () => {
      const { error } = await fail(host, world, { inputs: { 'catalog-token': 'ghp_D4e5F6g7H8i9J0k1' } });
      expect(error).toContain('catalog-token is a token of GitHub');
      expect(world.exchanges).toEqual([]);
    });

    test('but a PAT may begin like one', async () => {
      const pat = `eyJ${'Ab3'.repeat(27)}`;
      world.state.pats.set(pat, 'valid');
      const { outputs } = await succeed(host, world, { inputs: { 'azure-devops-pat': pat } });
      expect(outputs['credential-operation']).toBe('created');
    });
  });

  describe('the day of a PAT is not that of a credential of GitHub', () => {
    const inputs = {
      'azure-devops-pat': '',
      'azure-devops-url': '',
      'pat-expires-on': in5Days,
      repository: 'https://github.com/acme-inc/web-shop',
    };

    test.each(['register', 'plan', 'remind'])('in %s', async (command) => {
      authorizeInBrowser(world.state, 'github');
      const { outputs, log, warnings } = await succeed(host, world, { inputs: { ...inputs, command } });
      expect(outputs).toMatchObject({ 'credential-status': 'valid', 'credential-expires-on': '' });
      expect(log).toContain('pat-expires-on is not used');
      expect(warnings).toEqual([]);
    });
  });

  test.each(['catalog-url', 'azure-devops-url'])(
    'a query or fragment swallows no path of %s',
    async (name) => {
      for (const end of ['?', '/?', '#', '/#']) {
        const { error } = await fail(host, world, { inputs: { [name]: `${world.url}${end}` } });
        expect(error).toContain(`${name} must be an https URL`);
      }
      expect(world.exchanges).toEqual([]);
    },
  );

  test.each([
    ['https://bitbucket.org/acme-inc/web-shop', 'Its host, bitbucket.org, is not known'],
    ['bitbucket.org/acme-inc/web-shop', 'Its host, bitbucket.org, is not known'],
    [
      'https://dev.azure.com/acme/shop/_build?definitionId=1',
      'an address on dev.azure.com, but not of a repository',
    ],
    ['https://github.com/orgs/acme-inc/repositories', 'an address on github.com, but not of a repository'],
  ])('%s is no repository', async (repository, says) => {
    const { error } = await fail(host, world, { inputs: { repository, 'azure-devops-pat': '' } });
    expect(error).toContain(says);
    expect(world.exchanges).toEqual([]);
  });

  test.each([
    `https://acme.visualstudio.com/${SHOP.project}/_ssh/Checkout%20API`,
    `https://acme.visualstudio.com/DefaultCollection/${SHOP.project}/_git/Checkout%20API`,
    `ssh://acme@vs-ssh.visualstudio.com:22/DefaultCollection/${SHOP.project}/_ssh/Checkout%20API`,
    `git@ssh.dev.azure.com:v3/acme/${SHOP.project}/Checkout%20API`,
    `dev.azure.com/acme/${SHOP.project}/_git/Checkout%20API`,
    `https://dev.azure.com/acme/${SHOP.projectId}/_git/${SHOP.id}`,
    `acme/${SHOP.projectId}/${SHOP.id}`,
  ])('%s is registered by its names', async (repository) => {
    const { outputs, log } = await succeed(host, world, { inputs: { repository } });
    expect(outputs).toMatchObject({ 'service-name': 'checkout-api', 'mapping-operation': 'created' });
    expect(log).toContain('register: acme/shop/Checkout API');
  });

  test.each(['github.com/acme-inc/web-shop', 'https://api.github.com/repos/acme-inc/web-shop'])(
    '%s is on GitHub',
    async (repository) => {
      authorizeInBrowser(world.state, 'github');
      const { outputs } = await succeed(host, world, { inputs: { repository, 'azure-devops-pat': '' } });
      expect(outputs['service-name']).toBe(ON_GITHUB.name);
    },
  );

  test.each(['https://dev.azure.com/acme/', 'acme.visualstudio.com', 'dev.azure.com/acme', 'acme/'])(
    'the organization may be given as %s',
    async (organization) => {
      const inputs = { 'azure-devops-organization': organization };
      const { outputs } = await succeed(host, world, { inputs });
      const [instance] = world.state.instances;
      expect(instance?.config).toEqual({ organization: 'acme' });
      const reminded = await succeed(host, world, {
        inputs: { ...inputs, command: 'remind', repository: '' },
      });
      expect(reminded.outputs['integration-id']).toBe(outputs['integration-id']);
    },
  );
});

describe('an Azure pipeline that builds a repository of GitHub', () => {
  const remind = (inputs: Record<string, string> = {}): RunOptions => ({
    inputs: { command: 'remind', 'azure-devops-pat': '', 'azure-devops-url': '', ...inputs },
    environment: buildsGitHub,
  });

  test('is reminded of the PAT of its organization', async () => {
    authorizeInBrowser(world.state, 'github');
    const { instance, credential } = seedIntegration(world);
    credential.tainted = true;
    const { outputs } = await fail('azure', world, remind());
    expect(outputs).toMatchObject({ 'integration-id': instance.id, 'credential-status': 'tainted' });
  });

  test('is reminded of GitHub by name', async () => {
    const gitHub = authorizeInBrowser(world.state, 'github');
    seedIntegration(world).credential.tainted = true;
    const { outputs } = await succeed('azure', world, remind({ integration: 'github' }));
    expect(outputs).toMatchObject({ 'integration-id': gitHub.id, 'credential-status': 'valid' });
  });
});

describe('a run that is given no secrets', () => {
  const none = { 'catalog-token': '', 'azure-devops-pat': '' };
  const dependabot = { GITHUB_ACTOR: 'dependabot[bot]' };
  const bot = { user: { login: 'dependabot[bot]' }, head: { repo: { full_name: 'acme-inc/web-shop' } } };
  const event = (name: string, payload: unknown = {}) => ({ name, payload });
  const fork = { repository: { fork: true } };

  test.each([
    ...['push', 'create', 'deployment', 'deployment_status'].map((name) => [name, {}, dependabot] as const),
    ...['pull_request', 'pull_request_review', 'pull_request_review_comment', 'pull_request_target'].map(
      (name) => [name, { pull_request: bot }, dependabot] as const,
    ),
    ...['push', 'schedule', 'workflow_dispatch', 'pull_request'].map((name) => [name, fork, {}] as const),
  ])('%s %j %j is one notice, and a success', async (name, payload, environment) => {
    const result = await run('github', world, { inputs: none, event: event(name, payload), environment });
    expect(result.notices).toEqual([expect.stringMatching(/^Nothing to do: .+ gets no secrets/u)]);
    expect([...result.warnings, ...result.errors]).toEqual([]);
    expect(result.outputs).toMatchObject({ 'service-operation': 'skipped', changed: 'false' });
    expect(world.exchanges).toEqual([]);
  });

  test.each([
    ['push', {}, {}],
    ['schedule', {}, {}],
    // GitHub gives secrets to these, whoever wrote the last commit.
    ['schedule', {}, dependabot],
    ['workflow_dispatch', {}, dependabot],
    ['push', { repository: { fork: false } }, {}],
    ['pull_request_target', { pull_request: { ...bot, user: { login: 'octocat' } } }, dependabot],
    ['pull_request_target', { pull_request: { head: { repo: { full_name: 'someone/web-shop' } } } }, {}],
    ['pull_request', { pull_request: bot }, {}],
  ])('should have been: %s %j %j is an error', async (name, payload, environment) => {
    const { error } = await fail('github', world, { inputs: none, event: event(name, payload), environment });
    expect(error).toContain('catalog-token is empty');
  });

  test.each([
    ['push', {}, dependabot],
    ['push', fork, {}],
  ])('but has its own does its work: %s %j %j', async (name, payload, environment) => {
    const { outputs } = await succeed('github', world, { event: event(name, payload), environment });
    expect(outputs['mapping-operation']).toBe('created');
  });

  test('but for the PAT does its work as without one', async () => {
    seedIntegration(world);
    const options = { event: event('push'), environment: dependabot, inputs: { 'azure-devops-pat': '' } };
    const { outputs } = await succeed('github', world, options);
    expect(outputs).toMatchObject({ 'credential-operation': 'unchanged', 'mapping-operation': 'created' });
  });
});

describe('a classic release', () => {
  const release = {
    SYSTEM_HOSTTYPE: 'release',
    RELEASE_PRIMARYARTIFACTSOURCEALIAS: '_checkout',
    BUILD_REPOSITORY_URI: undefined,
    SYSTEM_TEAMPROJECT: 'releases',
    SYSTEM_TEAMPROJECTID: '0b0a0c0d-0000-4000-8000-00000000000a',
  };

  test('registers the repository of its primary artifact', async () => {
    const environment = { ...release, BUILD_PROJECTNAME: SHOP.project };
    const { log, outputs } = await succeed('azure', world, { environment });
    expect(log).toContain('register: acme/shop/Checkout API');
    expect(outputs['mapping-operation']).toBe('created');
  });

  test('asks Azure DevOps for a project that is not told', async () => {
    const { instance } = seedIntegration(world);
    const { log, outputs } = await succeed('azure', world, {
      inputs: { 'azure-devops-pat': '', 'azure-devops-url': '' },
      environment: { ...release, SYSTEM_COLLECTIONURI: `${world.azureDevOpsUrl}/acme/` },
    });
    expect(log).toContain('register: acme/shop/Checkout API');
    expect(outputs).toMatchObject({ 'integration-id': instance.id, 'mapping-operation': 'created' });
  });

  test('that cannot ask says what to set', async () => {
    const { error } = await fail('azure', world, {
      inputs: { 'azure-devops-pat': '' },
      environment: release,
    });
    expect(error).toContain('The project of the repository acme/Checkout API is unknown');
    expect(world.exchanges).toEqual([]);
  });

  test('registers a repository of GitHub', async () => {
    authorizeInBrowser(world.state, 'github');
    const { outputs } = await succeed('azure', world, {
      inputs: { 'azure-devops-pat': '' },
      environment: { ...release, ...buildsGitHub, BUILD_REPOSITORY_URI: undefined },
    });
    expect(outputs['service-name']).toBe(ON_GITHUB.name);
  });
});

describe('a Server of two names', () => {
  test.each([
    ['of the run', {}],
    ['that is named', { repository: 'OTHER/azure-devops/acme/shop/_git/Checkout%20API' }],
  ])('is sent the PAT at the address of the collection alone: the repository %s', async (_, inputs) => {
    const other = await createWorld();
    const others = other.exchanges;
    const given = Object.entries(inputs).map(([name, value]) => [name, value.replace('OTHER', other.url)]);
    const { outputs } = await succeed('azure', world, {
      inputs: { 'azure-devops-url': '', ...Object.fromEntries(given) },
      environment: {
        SYSTEM_COLLECTIONURI: `${world.azureDevOpsUrl}/acme/`,
        BUILD_REPOSITORY_URI: `${other.url}/azure-devops/acme/shop/_git/Checkout%20API`,
      },
    });
    await other.close();
    expect(outputs['mapping-operation']).toBe('created');
    expect(others).toEqual([]);
  });
});
