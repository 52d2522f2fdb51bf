import fc from 'fast-check';
import { fullName, type Provider, parseRepository } from '../src/repository.ts';
import { parseRepositoryUrl } from '../src/repository-url.ts';

describe('the URL of a repository', () => {
  test.each([
    ['https://dev.azure.com/acme/shop/_git/api', 'acme/shop/api'],
    ['https://acme@dev.azure.com/acme/My%20Shop/_git/My%20API', 'acme/My Shop/My API'],
    ['https://dev.azure.com/acme/_git/shop', 'acme/shop/shop'],
    ['https://dev.azure.com/acme/shop/_git/api?path=/README.md&version=GBmain', 'acme/shop/api'],
    ['https://acme.visualstudio.com/shop/_git/api', 'acme/shop/api'],
    ['https://acme.visualstudio.com/DefaultCollection/shop/_git/api', 'acme/shop/api'],
    ['https://acme.visualstudio.com/_git/shop', 'acme/shop/shop'],
    ['https://dev.azure.com/acme/shop/_git/_optimized/api', 'acme/shop/api'],
    ['git@ssh.dev.azure.com:v3/acme/shop/My%20API', 'acme/shop/My API'],
    ['acme@vs-ssh.visualstudio.com:v3/acme/shop/api', 'acme/shop/api'],
    ['ssh://git@ssh.dev.azure.com/v3/acme/shop/api', 'acme/shop/api'],
  ])('%s is on Azure DevOps', (url, name) => {
    const repository = parseRepositoryUrl(url);
    expect(repository).toMatchObject({ provider: 'azure-devops', host: 'https://dev.azure.com' });
    expect(repository && fullName(repository)).toBe(name);
  });

  test.each([
    ['https://tfs.example.com/tfs/Main/Shop/_git/api', 'Main/Shop/api', 'https://tfs.example.com/tfs'],
    [
      'https://tfs.example.com:8443/tfs/Main/Shop/Team/_git/api',
      'Main/Shop/api',
      'https://tfs.example.com:8443/tfs',
    ],
    ['https://devops.example.com/Main/Shop/_git/api', 'Main/Shop/api', 'https://devops.example.com'],
  ])('%s is on a Server', (url, name, host) => {
    const repository = parseRepositoryUrl(url);
    expect(repository?.host).toBe(host);
    expect(repository && fullName(repository)).toBe(name);
  });

  test.each([
    ['https://github.com/acme-inc/web-shop.git', 'github', 'acme-inc/web-shop'],
    ['https://github.com/acme-inc/web-shop/tree/main/docs', 'github', 'acme-inc/web-shop'],
    ['git@github.com:acme-inc/web-shop.git', 'github', 'acme-inc/web-shop'],
    ['ssh://git@github.example.com/acme-inc/.github.git', 'github', 'acme-inc/.github'],
    ['https://acme.ghe.com/acme-inc/web-shop', 'github', 'acme-inc/web-shop'],
    ['https://user:secret@gitlab.com/group/sub/web.shop.git', 'gitlab', 'group/sub/web.shop'],
    ['https://gitlab.example.com/group/shop/-/tree/main', 'gitlab', 'group/shop'],
  ])('%s is on %s', (url, provider, name) => {
    const repository = parseRepositoryUrl(url);
    expect(repository?.provider).toBe(provider);
    expect(repository && fullName(repository)).toBe(name);
    expect(repository?.host).not.toContain('secret');
  });

  test.each([
    'https://bitbucket.org/acme/shop',
    'https://dev.azure.com/acme/shop',
    'https://dev.azure.com/acme/../shop/_git/api',
    'https://dev.azure.com/acme/%2e%2e/_git/api',
    'https://github.com/acme-inc',
    'https://github.com/acme/a%2Fb',
    'https://github.com/acme/%E0%A4%A',
    '/srv/git/shop.git',
    'file:///srv/git/shop.git',
    'C:\\repos\\shop',
    'not a URL',
    '',
  ])('"%s" is none', (url) => expect(parseRepositoryUrl(url)).toBeUndefined());

  test('an unknown host is what we are told it is', () => {
    expect(parseRepositoryUrl('https://git.example.com/a/b')).toBeUndefined();
    expect(parseRepositoryUrl('https://git.example.com/a/b', 'github')).toMatchObject({
      organization: 'a',
      name: 'b',
    });
  });

  test('whatever it is, it is read or not, and never leads out of its path', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.webUrl({ withQueryParameters: true }),
      fc
        .array(fc.string({ unit: 'binary' }), { maxLength: 5 })
        .map((parts) => `https://dev.azure.com/${parts.join('/')}/_git/x`),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const repository = parseRepositoryUrl(text, 'github');
        for (const part of [repository?.organization, repository?.project, repository?.name]) {
          if (part === undefined) continue;
          expect(part).not.toMatch(/^\.{0,2}$|[\\\p{Cc}]/u);
        }
      }),
    );
  });

  test('every name survives its URL', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 64, unit: 'grapheme' })
      .filter((text) => !/[/\\\p{Cc}\p{Cs}]|^\.{1,2}$|^_(?:optimized|full|git)$/u.test(text));
    fc.assert(
      fc.property(name, name, (project, repository) => {
        const url = `https://dev.azure.com/acme/${encodeURIComponent(project)}/_git/${encodeURIComponent(repository)}`;
        expect(parseRepositoryUrl(url)).toMatchObject({ organization: 'acme', project, name: repository });
      }),
    );
  });
});

describe('the input "repository"', () => {
  const read = (text: string, provider?: Provider, organization?: string) =>
    fullName(parseRepository(text, { provider, organization }));

  test('in the forms that the README names', () => {
    expect(read('shop/api', 'azure-devops', 'acme')).toBe('acme/shop/api');
    expect(read('acme/My Shop/My API', 'azure-devops')).toBe('acme/My Shop/My API');
    expect(read('acme-inc/web-shop', 'github')).toBe('acme-inc/web-shop');
    expect(read('group/sub/web-shop', 'gitlab')).toBe('group/sub/web-shop');
    expect(read('https://github.com/acme-inc/web-shop', 'azure-devops')).toBe('acme-inc/web-shop');
  });

  test.each([
    ['shop/api', 'azure-devops', 'does not say which organization'],
    ['api', 'azure-devops', 'cannot be read'],
    ['a/b/c/d', 'azure-devops', 'cannot be read'],
    ['a/../c', 'azure-devops', 'cannot be read'],
    ['a//c', 'azure-devops', 'cannot be read'],
    ['a/b/c', 'github', 'cannot be read'],
    ['user@host:a', 'github', 'cannot be read'],
    ['a/b', undefined, 'cannot be read'],
  ] as const)('%s on %s is refused', (text, provider, message) =>
    expect(() => read(text, provider)).toThrow(message),
  );
});
