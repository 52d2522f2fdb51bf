import { sameFile, targetOf } from '../src/catalogs/backstage/target.ts';
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
  [{ ...onGitHub, defaultBranch: 'release/1' }, 'https://github.com/o/r/blob/release/1/catalog-info.yaml'],
  [onGitLab, 'https://gitlab.com/a/b/r/-/blob/main/catalog-info.yaml'],
])('the URL of a catalog file, as discovery spells it', (repository, expected) =>
  expect(targetOf(repository, '/catalog-info.yaml')).toBe(expected),
);

const azure = 'https://dev.azure.com/acme/shop/_git/a';
test.each([
  [`${azure}?path=/c.yaml`, `${azure.replace('acme/shop', 'Acme/Shop')}?path=%2Fc.yaml&version=GBmain`, true],
  [`${azure}?path=/c.yaml`, `${azure}?path=c.yaml`, true],
  [`${azure}?path=/A/c.yaml`, `${azure}?path=/a/c.yaml`, false],
  [`${azure}?path=/c.yaml`, `${azure}b?path=/c.yaml`, false],
  ['https://github.com/O/r/blob/main/c.yaml', 'https://github.com/o/R/blob/main/c.yaml', true],
  ['https://github.com/o/r/blob/main/c.yaml', 'https://github.com/o/r/blob/develop/c.yaml', false],
  ['https://github.com/o/r/blob/main/c.yaml', 'https://github.com/o/r/blob/main/C.yaml', false],
])('%s and %s', (left, right, same) => expect(sameFile(left, right)).toBe(same));
