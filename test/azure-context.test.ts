import fc from 'fast-check';
import { azurePipelinesContext } from '../src/hosts/azure-context.ts';
import { fullName } from '../src/repository.ts';

const hosted = {
  SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
  SYSTEM_TEAMPROJECT: 'Build Tools',
  SYSTEM_TEAMPROJECTID: 'p-1',
  BUILD_REPOSITORY_PROVIDER: 'TfsGit',
  BUILD_REPOSITORY_ID: 'r-1',
  BUILD_REPOSITORY_NAME: 'api',
};
const of = (environment: Record<string, string | undefined>) =>
  azurePipelinesContext({ ...hosted, ...environment });

test.each([
  ['the user in the URI', 'https://acme@dev.azure.com/acme/shop/_git/api', 'acme/shop/api'],
  ['spaces', 'https://acme@dev.azure.com/acme/My%20Shop/_git/My%20API', 'acme/My Shop/My API'],
  ['the project left out', 'https://dev.azure.com/acme/_git/api', 'acme/api/api'],
  ['the old host', 'https://acme.visualstudio.com/DefaultCollection/shop/_git/api', 'acme/shop/api'],
])('%s', (_, uri, name) => {
  const { repository } = of({ BUILD_REPOSITORY_URI: uri });
  expect(repository && fullName(repository)).toBe(name);
  expect(repository).toMatchObject({ provider: 'azure-devops', id: 'r-1', host: 'https://dev.azure.com' });
});

test("the pipeline's project is the repository's only where it says so", () => {
  expect(
    of({ BUILD_REPOSITORY_URI: 'https://dev.azure.com/acme/shop/_git/api' }).repository?.projectId,
  ).toBeUndefined();
  expect(
    of({ BUILD_REPOSITORY_URI: 'https://dev.azure.com/acme/Build%20Tools/_git/api' }).repository?.projectId,
  ).toBe('p-1');
});

test.each([
  [
    'https://tfs.example.com/tfs/Main/',
    'https://tfs.example.com/tfs/Main/Shop/_git/api',
    'https://tfs.example.com/tfs',
  ],
  [
    'https://tfs.example.com/Main/',
    'https://tfs.example.com/Main/Shop/Team/_git/api',
    'https://tfs.example.com',
  ],
  ['https://example.com/a/b/Main/', 'https://EXAMPLE.com/a/b/main/Shop/_git/api', 'https://example.com/a/b'],
])('a Server at %s', (collection, uri, host) => {
  const { repository, azureDevOps } = of({ SYSTEM_COLLECTIONURI: collection, BUILD_REPOSITORY_URI: uri });
  expect(repository).toMatchObject({ organization: 'Main', project: 'Shop', name: 'api', host });
  expect(azureDevOps).toMatchObject({ organization: 'Main', url: host });
});

test.each([
  [
    'the scheme and port of another name',
    'https://tfs.example.com/tfs/Main/',
    'http://tfs01:8080/tfs/Main/Shop/_git/api',
  ],
  [
    'a virtual directory',
    'https://tfs.example.com/azuredevops/Main/',
    'https://devops.example.com/azuredevops/Main/Shop/_git/api',
  ],
  [
    'a virtual directory that one name has',
    'https://tfs.example.com/Main/',
    'https://tfs01/tfs/Main/Shop/Team/_git/api',
  ],
  ['no virtual directory', 'https://tfs.example.com/Main/', 'https://tfs01/Main/Shop/_git/api'],
  ['ssh', 'https://tfs.example.com/tfs/Main/', 'ssh://tfs.example.com:22/tfs/Main/Shop/_ssh/api'],
  [
    'the old name of the cloud',
    'https://dev.azure.com/Main/',
    'https://main.visualstudio.com/DefaultCollection/Shop/_git/api',
  ],
])('a repository is in the collection of the pipeline, whatever its URI says: %s', (_, collection, uri) => {
  const { repository, azureDevOps } = of({ SYSTEM_COLLECTIONURI: collection, BUILD_REPOSITORY_URI: uri });
  expect(repository).toMatchObject({ organization: 'Main', project: 'Shop', name: 'api', id: 'r-1' });
  expect(repository?.host).toBe(azureDevOps?.url);
  expect(`${repository?.host}/Main/`).toBe(collection);
});

test('a project that has the name of its collection', () => {
  const SYSTEM_COLLECTIONURI = 'https://tfs.example.com/Main/';
  const named = (path: string) =>
    of({ SYSTEM_COLLECTIONURI, BUILD_REPOSITORY_URI: `https://tfs.example.com/Main${path}` }).repository;
  expect(named('/Main/_git/api')).toMatchObject({ organization: 'Main', project: 'Main', name: 'api' });
  expect(named('/_git/api')).toMatchObject({ organization: 'Main', project: 'api', name: 'api' });
});

describe('IDs in the URI', () => {
  const [project, id] = ['0d1f2a3b-0000-4000-8000-00000000000a', '0d1f2a3b-0000-4000-8000-00000000000b'];
  const uri = { BUILD_REPOSITORY_URI: `https://acme@dev.azure.com/acme/${project}/_git/${id}` };

  test("are names where the project is the pipeline's", () => {
    const { repository } = of({
      ...uri,
      SYSTEM_TEAMPROJECTID: project.toUpperCase(),
      BUILD_REPOSITORY_ID: id,
    });
    expect(repository && fullName(repository)).toBe('acme/Build Tools/api');
    expect(repository?.id).toBe(id);
  });

  test('stay where it is not, to be asked for', () => {
    const { repository } = of({ ...uri, BUILD_REPOSITORY_ID: undefined });
    expect(repository).toMatchObject({ project, name: 'api', id, projectId: project });
  });
});

describe('a classic release', () => {
  const release = {
    SYSTEM_HOSTTYPE: 'release',
    RELEASE_PRIMARYARTIFACTSOURCEALIAS: '_api CI',
    RELEASE_RELEASEWEBURL: 'https://dev.azure.com/acme/p/_release?releaseId=5',
    BUILD_REPOSITORY_ID: '0d1f2a3b-0000-4000-8000-00000000000b',
    BUILD_BUILDID: '7',
  };

  test('is of the repository of its primary artifact', () => {
    const { repository, page } = of({ ...release, BUILD_PROJECTNAME: 'shop' });
    expect(repository).toMatchObject({
      provider: 'azure-devops',
      organization: 'acme',
      project: 'shop',
      name: 'api',
      id: release.BUILD_REPOSITORY_ID,
      host: 'https://dev.azure.com',
    });
    expect(repository?.projectId).toBeUndefined();
    expect(page).toBe(release.RELEASE_RELEASEWEBURL);
  });

  test('may not tell the project', () => {
    expect(of(release).repository).toMatchObject({ name: 'api', project: undefined });
    expect(of({ ...release, BUILD_REPOSITORY_NAME: '' }).repository).toMatchObject({
      name: release.BUILD_REPOSITORY_ID,
    });
  });

  test('of a Server is in the collection of the pipeline', () => {
    const { repository } = of({ ...release, SYSTEM_COLLECTIONURI: 'https://tfs.example.com/tfs/Main/' });
    expect(repository).toMatchObject({ organization: 'Main', host: 'https://tfs.example.com/tfs' });
  });

  test('tells it by the names of the artifact too', () => {
    const { repository } = azurePipelinesContext({
      SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
      RELEASE_PRIMARYARTIFACTSOURCEALIAS: '_api CI.x',
      RELEASE_ARTIFACTS__API_CI_X_REPOSITORY_PROVIDER: 'TfsGit',
      RELEASE_ARTIFACTS__API_CI_X_REPOSITORY_ID: 'r-1',
      RELEASE_ARTIFACTS__API_CI_X_REPOSITORY_NAME: 'api',
      RELEASE_ARTIFACTS__API_CI_X_PROJECTNAME: 'shop',
    });
    expect(repository).toMatchObject({ organization: 'acme', project: 'shop', name: 'api', id: 'r-1' });
  });

  test('of what was built from GitHub', () => {
    const foreign = {
      ...release,
      BUILD_REPOSITORY_ID: 'acme-inc/web',
      BUILD_REPOSITORY_NAME: 'acme-inc/web',
    };
    expect(of({ ...foreign, BUILD_REPOSITORY_PROVIDER: 'GitHub' }).repository).toEqual({
      provider: 'github',
      organization: 'acme-inc',
      name: 'web',
      host: 'https://github.com',
    });
    const { noRepository } = of({ ...foreign, BUILD_REPOSITORY_PROVIDER: 'GitHubEnterprise' });
    expect(noRepository).toContain('do not contain the address of its GitHub Enterprise Server');
  });
});

test('a loopback address of a hosted pipeline is a way to the cloud', () => {
  const SYSTEM_COLLECTIONURI = 'http://127.0.0.1:4010/azure-devops/acme/';
  const at = (SYSTEM_SERVERTYPE: string) => of({ SYSTEM_COLLECTIONURI, SYSTEM_SERVERTYPE }).azureDevOps;
  expect(at('Hosted')).toMatchObject({
    url: 'http://127.0.0.1:4010/azure-devops',
    behind: 'https://dev.azure.com',
  });
  expect(at('OnPremises')?.behind).toBeUndefined();
});

test('the organization by its old URL, and the token of the job', () => {
  expect(
    of({
      SYSTEM_COLLECTIONURI: 'https://acme.visualstudio.com/',
      ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: 't',
    }).azureDevOps,
  ).toEqual({
    organization: 'acme',
    url: 'https://dev.azure.com',
    token: 't',
  });
  expect(of({ SYSTEM_COLLECTIONURI: undefined }).azureDevOps).toBeUndefined();
});

test.each([
  ['GitHub', 'https://github.com/acme-inc/web', 'github', 'https://github.com'],
  ['GitHubEnterprise', 'https://git.example.com/acme-inc/web', 'github', 'https://git.example.com'],
  ['Git', 'https://gitlab.com/acme-inc/web.git', 'gitlab', 'https://gitlab.com'],
])('a repository of %s', (provider, uri, kind, host) => {
  const { repository } = of({
    BUILD_REPOSITORY_PROVIDER: provider,
    BUILD_REPOSITORY_URI: uri,
    BUILD_REPOSITORY_ID: 'acme-inc/web',
  });
  expect(repository).toMatchObject({ provider: kind, organization: 'acme-inc', name: 'web', host });
  expect(repository?.id).toBeUndefined();
});

test.each(['Bitbucket', 'Svn', 'TfsVersionControl', 'Git'])(
  '%s is refused where no integration reads it',
  (provider) => {
    const context = of({
      BUILD_REPOSITORY_PROVIDER: provider,
      BUILD_REPOSITORY_URI: 'https://bitbucket.org/a/b',
    });
    expect(context.repository).toBeUndefined();
    expect(context.noRepository).toContain(provider);
    expect(context.cloneUrl).toBe(provider === 'Git' ? 'https://bitbucket.org/a/b' : undefined);
  },
);

test('whatever the environment says, it is read or not', () => {
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom(
      'TfsGit',
      'GitHub',
      'https://dev.azure.com/%/',
      'https://dev.azure.com/a/b/_git/..',
      'https://dev.azure.com/acme/',
      '..',
      'True',
    ),
  );
  const names = [
    ...Object.keys(hosted),
    'BUILD_REPOSITORY_URI',
    'SYSTEM_PULLREQUEST_ISFORK',
    'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI',
    'BUILD_PROJECTNAME',
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), text), (environment) => {
      const { repository, noRepository } = azurePipelinesContext(environment);
      expect(repository === undefined).toBe(noRepository !== undefined);
      for (const part of [repository?.name, repository?.project, repository?.organization, repository?.id])
        expect(part ?? '').not.toMatch(/^\.{1,2}$/u);
    }),
  );
});
