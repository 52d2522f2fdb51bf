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
      'True',
    ),
  );
  const names = [
    ...Object.keys(hosted),
    'BUILD_REPOSITORY_URI',
    'SYSTEM_PULLREQUEST_ISFORK',
    'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI',
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
