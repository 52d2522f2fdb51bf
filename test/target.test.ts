import { branchAt, mayBeRenamed, sameFile } from '../src/catalogs/backstage/same-file.ts';
import { spellingsOf, targetOf } from '../src/catalogs/backstage/target.ts';
import type { Repository } from '../src/repository.ts';

const onAzure: Repository = {
  provider: 'azure-devops',
  organization: 'acme',
  project: 'My Shop',
  name: 'Checkout API',
  host: 'https://dev.azure.com',
};
const onGitHub: Repository = { provider: 'github', organization: 'o', name: 'r', host: 'https://github.com' };
const onGitLab: Repository = {
  provider: 'gitlab',
  organization: 'a/b',
  name: 'r',
  host: 'https://gitlab.com',
};

test.each([
  [onAzure, 'https://dev.azure.com/acme/My%20Shop/_git/Checkout%20API?path=/catalog-info.yaml'],
  [
    { ...onAzure, project: undefined },
    'https://dev.azure.com/acme/Checkout%20API/_git/Checkout%20API?path=/catalog-info.yaml',
  ],
  [onGitHub, 'https://github.com/o/r/blob/main/catalog-info.yaml'],
  // Backstage cannot read a branch with a slash by its name.
  [{ ...onGitHub, defaultBranch: 'release/1' }, 'https://github.com/o/r/blob/HEAD/catalog-info.yaml'],
  [onGitLab, 'https://gitlab.com/a/b/r/-/blob/main/catalog-info.yaml'],
  [
    { ...onGitLab, defaultBranch: 'release/1' },
    'https://gitlab.com/a/b/r/-/blob/release%2F1/catalog-info.yaml',
  ],
])('the URL of a catalog file, as discovery spells it', (repository, expected) =>
  expect(targetOf(repository, '/catalog-info.yaml')).toBe(expected),
);

test.each([
  '/docs/R&D/catalog-info.yaml',
  '/docs/C++/a.yaml',
  '/docs/C#/b c.yaml',
  '/100%/d?.yaml',
  '/決済/e=f;g.yaml',
])('the URL names the file %s', (file) => {
  expect(new URL(targetOf(onAzure, file)).searchParams.get('path')).toBe(file);
  for (const repository of [onGitHub, onGitLab]) {
    const { pathname, search, hash } = new URL(targetOf(repository, file));
    expect([decodeURIComponent(pathname).split('/blob/main')[1], search, hash]).toEqual([file, '', '']);
  }
  for (const repository of [onAzure, onGitHub, onGitLab, { ...onGitHub, name: 'blob' }]) {
    const target = targetOf(repository, file);
    for (const spelled of spellingsOf(target))
      expect([spelled, sameFile(target, spelled)]).toEqual([spelled, true]);
  }
});

const ours = (repository: Repository, file = '/docs/c.yaml') => targetOf(repository, file);
const server: Repository = { ...onAzure, host: 'https://tfs.example.com/tfs', organization: 'Main' };
const enterprise = { ...onGitHub, host: 'https://git.example.com' };
const A = 'https://dev.azure.com/acme/My%20Shop/_git/Checkout%20API';

describe.each<[string, string, string[], string[]]>([
  [
    'Azure DevOps',
    ours(onAzure),
    [
      `${A}?path=%2Fdocs%2Fc.yaml`,
      `${A}?path=docs/c.yaml`,
      `${A.replace('acme/My', 'Acme/my')}?path=/docs/c.yaml`,
      // The name of the default branch is not known.
      `${A}?path=/docs/c.yaml&version=GBmain`,
      `${A}?version=GBmain&path=/docs/c.yaml&_a=contents`,
      'https://acme.visualstudio.com/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://acme.visualstudio.com/DefaultCollection/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://me@dev.azure.com/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://dev.azure.com:443/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
    ],
    [
      `${A}?path=/docs/C.yaml`,
      `${A}?path=/c.yaml`,
      `${A}2?path=/docs/c.yaml`,
      `${A}`,
      `${A}?path=/docs/c.yaml&version=GTv1`,
      'https://dev.azure.com/other/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://other.visualstudio.com/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://tfs.example.com/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://dev.azure.com.evil.example/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
    ],
  ],
  [
    'a repository with the name of its project',
    ours({ ...onAzure, project: 'ledger', name: 'ledger' }),
    [
      'https://dev.azure.com/acme/_git/ledger?path=/docs/c.yaml',
      'https://acme.visualstudio.com/_git/ledger?path=/docs/c.yaml',
    ],
    ['https://dev.azure.com/acme/other/_git/ledger?path=/docs/c.yaml'],
  ],
  [
    'an Azure DevOps Server',
    ours(server),
    ['https://TFS.example.com/tfs/main/my%20shop/_git/checkout%20api?path=%2Fdocs/c.yaml'],
    [
      'https://dev.azure.com/main/my%20shop/_git/checkout%20api?path=/docs/c.yaml',
      'https://tfs.example.com/tfs/main/other/_git/checkout%20api?path=/docs/c.yaml',
      'https://tfs.example.com/tfs/other/my%20shop/_git/checkout%20api?path=/docs/c.yaml',
    ],
  ],
  [
    'Azure DevOps, by a relay on this machine',
    ours({ ...onAzure, host: 'http://127.0.0.1:8080/azure-devops' }),
    [
      'http://127.0.0.1:8080/azure-devops/acme/My%20Shop/_git/Checkout%20API?path=%2Fdocs/c.yaml',
      `${A}?path=/docs/c.yaml`,
      'https://acme.visualstudio.com/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
    ],
    [
      'http://127.0.0.1:8081/azure-devops/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://dev.azure.com/other/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
      'https://tfs.example.com/acme/My%20Shop/_git/Checkout%20API?path=/docs/c.yaml',
    ],
  ],
  [
    'an Azure DevOps Server below another path',
    ours({ ...server, host: 'https://devops.example.com/a/b' }),
    ['https://devops.example.com/A/b/main/my%20shop/_git/checkout%20api?path=/docs/c.yaml'],
    ['https://devops.example.com/a/b/main/other/_git/checkout%20api?path=/docs/c.yaml'],
  ],
  [
    'an Azure DevOps Server, in a repository with the name of its project',
    ours({ ...server, project: 'ledger', name: 'ledger' }),
    ['https://tfs.example.com/tfs/Main/_git/ledger?path=/docs/c.yaml'],
    ['https://tfs.example.com/tfs/Main/other/_git/ledger?path=/docs/c.yaml'],
  ],
  [
    'GitHub',
    ours(onGitHub),
    [
      ...['blob', 'tree', 'edit', 'raw', 'blame'].map(
        (one) => `https://github.com/o/r/${one}/main/docs/c.yaml`,
      ),
      'https://github.com/O/R/tree/main/docs/c.yaml',
      'https://github.com/o/r/tree/HEAD/docs/c.yaml',
      'https://github.com/o/r/blob/-/docs/c.yaml',
      'https://github.com/o/r/blob/refs/heads/main/docs/c.yaml',
      'https://github.com/o/r/blob/main/docs%2Fc.yaml',
      'https://github.com/o/r/docs/c.yaml',
      'https://www.github.com/o/r/blob/main/docs/c.yaml#L3',
      'https://raw.githubusercontent.com/o/r/main/docs/c.yaml',
      'https://raw.githubusercontent.com/o/r/refs/heads/main/docs/c.yaml',
      'https://api.github.com/repos/o/r/contents/docs/c.yaml?ref=main',
    ],
    [
      'https://github.com/o/r/blob/develop/docs/c.yaml',
      'https://github.com/o/r/blob/Main/docs/c.yaml',
      'https://github.com/o/r/blob/main/c.yaml',
      'https://github.com/o/r/blob/main/other/docs/c.yaml',
      'https://github.com/o/r/blob/main/docs/C.yaml',
      'https://github.com/o/r2/blob/main/docs/c.yaml',
      'https://github.com/other/r/blob/main/docs/c.yaml',
      'https://git.example.com/o/r/blob/main/docs/c.yaml',
      'https://raw.githubusercontent.com/o/r/develop/docs/c.yaml',
      'https://api.github.com/repos/other/r/contents/docs/c.yaml?ref=main',
      'not a URL',
    ],
  ],
  [
    'GitHub, in a repository that is called like a part of its address',
    ours({ ...onGitHub, name: 'blob' }),
    ['https://github.com/o/blob/tree/main/docs/c.yaml', 'https://github.com/o/blob/blob/HEAD/docs/c.yaml'],
    ['https://github.com/o/tree/blob/main/docs/c.yaml'],
  ],
  [
    'GitHub, the default branch having a slash',
    ours({ ...onGitHub, defaultBranch: 'release/1' }),
    ['https://github.com/o/r/tree/HEAD/docs/c.yaml'],
    ['https://github.com/o/r/blob/main/docs/c.yaml'],
  ],
  [
    'GitHub Enterprise Server',
    ours(enterprise),
    [
      'https://git.example.com/o/r/tree/main/docs/c.yaml',
      'https://git.example.com/api/v3/repos/o/r/contents/docs/c.yaml?ref=main',
    ],
    [
      'https://github.com/o/r/blob/main/docs/c.yaml',
      'https://api.github.com/repos/o/r/contents/docs/c.yaml?ref=main',
    ],
  ],
  [
    'GitLab',
    ours({ ...onGitLab, defaultBranch: 'release/1' }),
    [
      'https://gitlab.com/a/b/r/-/blob/release%2F1/docs/c.yaml',
      'https://gitlab.com/a/b/r/-/blob/release/1/docs/c.yaml',
      'https://gitlab.com/A/b/r/-/raw/release/1/docs/c.yaml',
      'https://gitlab.com/a/b/r/blob/HEAD/docs/c.yaml',
      'https://gitlab.com/a/b/r/-/tree/release/1/docs/c.yaml',
    ],
    [
      'https://gitlab.com/a/b/r/-/blob/main/docs/c.yaml',
      'https://gitlab.com/a/r/-/blob/release/1/docs/c.yaml',
      'https://gitlab.com/a/b/r/s/-/blob/release/1/docs/c.yaml',
    ],
  ],
])('the same file on %s', (_, target, same, different) => {
  test.each(same)('%s', (url) => expect(sameFile(target, url)).toBe(true));
  test.each(different)('not %s', (url) => expect(sameFile(target, url)).toBe(false));
});

test('what another file has to do with ours', () => {
  const target = ours(onGitHub);
  expect(branchAt(target, 'https://github.com/o/r/tree/develop/docs/c.yaml')).toBe('develop');
  expect(branchAt(target, 'https://github.com/o/r/tree/main/other/docs/c.yaml')).toBeUndefined();
  expect(mayBeRenamed(target, 'https://github.com/o/old-name/blob/main/docs/c.yaml')).toBe(true);
  expect(mayBeRenamed(target, 'https://github.com/o/old-name/blob/main/c.yaml')).toBe(false);
  expect(mayBeRenamed(target, 'https://git.example.com/o/r/blob/main/docs/c.yaml')).toBe(false);
  expect(mayBeRenamed(ours(onAzure), 'https://acme.visualstudio.com/p/_git/old?path=%2Fdocs/c.yaml')).toBe(
    true,
  );
  expect(mayBeRenamed(target, 'roadie-api:/api/catalog')).toBe(false);
});
