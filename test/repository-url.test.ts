import fc from 'fast-check';
import { parseOrganization } from '../src/azure-address.ts';
import { fullName, type Provider, parseRepository, sameHost } from '../src/repository.ts';
import { type KnownHost, parseRepositoryUrl, withoutAlias } from '../src/repository-url.ts';

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
    ['ssh://git@ssh.dev.azure.com:22/v3/acme/shop/api', 'acme/shop/api'],
    ['https://acme.visualstudio.com/shop/_ssh/api', 'acme/shop/api'],
    ['https://acme.visualstudio.com/DefaultCollection/shop/_ssh/api', 'acme/shop/api'],
    ['ssh://acme@acme.visualstudio.com:22/DefaultCollection/shop/_ssh/api', 'acme/shop/api'],
    ['ssh://acme@vs-ssh.visualstudio.com:22/shop/_ssh/api', 'acme/shop/api'],
    ['ssh://acme@vs-ssh.visualstudio.com:22/DefaultCollection/shop/Team/_ssh/api', 'acme/shop/api'],
    ['acme@vs-ssh.visualstudio.com:DefaultCollection/_ssh/shop', 'acme/shop/shop'],
    ['https://dev.azure.com/acme/DefaultCollection/shop/_git/api', 'acme/shop/api'],
    ['HTTP://DEV.AZURE.COM:80/acme/shop/_git/api', 'acme/shop/api'],
    ['dev.azure.com/acme/shop/_git/api', 'acme/shop/api'],
    ['acme@dev.azure.com/acme/shop/_git/api', 'acme/shop/api'],
    ['acme.visualstudio.com/shop/_git/api', 'acme/shop/api'],
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
    ['https://devops.example.com/Main/Shop/_ssh/api', 'Main/Shop/api', 'https://devops.example.com'],
    ['ssh://tfs.example.com:22/tfs/Main/Shop/_ssh/api', 'Main/Shop/api', 'https://tfs.example.com/tfs'],
    [
      'https://dev.azure.com.evil.example.com/acme/s/_git/a',
      'acme/s/a',
      'https://dev.azure.com.evil.example.com',
    ],
  ])('%s is on a Server', (url, name, host) => {
    const repository = parseRepositoryUrl(url);
    expect(repository?.host).toBe(host);
    expect(repository && fullName(repository)).toBe(name);
  });

  describe('below the base URL of a Server that is known', () => {
    const known: KnownHost[] = [
      { provider: 'azure-devops', host: 'https://tfs.example.com:8443/azuredevops' },
      { provider: 'azure-devops', host: 'https://plain.example.com' },
    ];
    test.each([
      [
        'https://tfs.example.com:8443/azuredevops/Main/Shop/_git/api',
        'https://tfs.example.com:8443/azuredevops',
      ],
      [
        'https://TFS.example.com:8443/AzureDevOps/Main/Shop/Team/_git/api',
        'https://tfs.example.com:8443/AzureDevOps',
      ],
      ['ssh://tfs.example.com:22/azuredevops/Main/Shop/_ssh/api', 'https://tfs.example.com:8443/azuredevops'],
      ['tfs.example.com:8443/azuredevops/Main/Shop/_git/api', 'https://tfs.example.com:8443/azuredevops'],
      // Under another of its names.
      ['http://tfs01:8080/azuredevops/Main/Shop/_git/api', 'http://tfs01:8080/azuredevops'],
      ['https://plain.example.com/Main/Shop/_git/api', 'https://plain.example.com'],
      ['https://plain.example.com/tfs/Main/Shop/_git/api', 'https://plain.example.com/tfs'],
    ])('%s', (url, host) => {
      const repository = parseRepositoryUrl(url, 'github', known);
      expect(repository).toMatchObject({ provider: 'azure-devops', host });
      expect(repository && fullName(repository)).toBe('Main/Shop/api');
    });
  });

  test('has IDs in the place of names', () => {
    const [project, id] = ['0D1F2A3B-0000-4000-8000-00000000000a', '0d1f2a3b-0000-4000-8000-00000000000b'];
    expect(parseRepositoryUrl(`https://dev.azure.com/acme/${project}/_git/${id}`)).toMatchObject({
      projectId: project,
      id,
    });
    expect(parseRepositoryUrl('https://dev.azure.com/acme/shop/_git/api')).not.toHaveProperty('id');
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
    expect(repository && sameHost(repository.host, url)).toBe(true);
    expect(repository && fullName(repository)).toBe(name);
    expect(repository?.host).not.toContain('secret');
  });

  test.each([
    ['https://www.github.com/acme-inc/web-shop', 'https://github.com'],
    ['https://api.github.com/repos/acme-inc/web-shop', 'https://github.com'],
    ['https://api.github.com/repos/acme-inc/web-shop/issues', 'https://github.com'],
    ['ssh://git@ssh.github.com:443/acme-inc/web-shop.git', 'https://github.com'],
    ['git://github.com/acme-inc/web-shop.git', 'https://github.com'],
    ['github.com/acme-inc/web-shop', 'https://github.com'],
    ['git@github.com/acme-inc/web-shop', 'https://github.com'],
    ['https://api.acme.ghe.com/repos/acme-inc/web-shop', 'https://acme.ghe.com'],
    ['https://github.example.com/api/v3/repos/acme-inc/web-shop', 'https://github.example.com'],
    ['ssh://git@altssh.gitlab.com:443/acme-inc/web-shop.git', 'https://gitlab.com'],
    ['gitlab.com/acme-inc/web-shop', 'https://gitlab.com'],
    ['https://github.com:8443/acme-inc/web-shop', 'https://github.com:8443'],
  ])('%s is known by %s', (url, host) => {
    const repository = parseRepositoryUrl(url);
    expect(repository && fullName(repository)).toBe('acme-inc/web-shop');
    expect(repository?.host).toBe(host);
  });

  test.each([
    'https://bitbucket.org/acme/shop',
    'https://github.com.evil.example.com/acme/shop',
    'git@github.com-work:acme/shop.git',
    'https://dev.azure.com/acme/shop',
    'https://dev.azure.com/acme/shop/_build?definitionId=1',
    'https://dev.azure.com/acme/shop/_apis/git/repositories/api',
    'https://dev.azure.com/v3/acme/shop/api',
    'https://acme.visualstudio.com/shop/_wiki/wikis/api',
    'ssh://vs-ssh.visualstudio.com/shop/_ssh/api',
    'https://github.com/orgs/acme/repositories',
    'https://github.com/settings/profile',
    'https://api.github.com/orgs/acme',
    'https://gitlab.com/groups/acme/-/issues',
    'https://gitlab.com/api/v4/projects/42',
    'my.project/api',
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

  test('a page of a known host is none, whatever we are told', () => {
    expect(parseRepositoryUrl('https://dev.azure.com/acme/shop/_build', 'github')).toBeUndefined();
    const known: KnownHost[] = [{ provider: 'azure-devops', host: 'https://tfs.example.com/tfs' }];
    expect(parseRepositoryUrl('https://tfs.example.com/tfs/Main/Shop', 'github', known)).toBeUndefined();
  });

  test('an unknown host is what we are told it is', () => {
    expect(parseRepositoryUrl('https://git.example.com/a/b')).toBeUndefined();
    const known: KnownHost[] = [{ provider: 'github', host: 'https://git.example.com:8443' }];
    expect(parseRepositoryUrl('git@git.example.com:a/b.git', 'gitlab', known)).toMatchObject({
      provider: 'github',
      host: 'https://git.example.com:8443',
    });
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
    ['bitbucket.org/acme/api', 'azure-devops', 'cannot be read'],
  ] as const)('%s on %s is refused', (text, provider, message) =>
    expect(() => read(text, provider)).toThrow(message),
  );

  test.each([
    ['https://bitbucket.org/acme/api', 'Its host, bitbucket.org, is not known to be'],
    ['bitbucket.org/acme/api', 'Its host, bitbucket.org, is not known to be'],
    ['git@bitbucket.org:acme/api.git', 'Its host, bitbucket.org, is not known to be'],
    [
      'https://dev.azure.com/acme/shop/_build',
      'This is an address on dev.azure.com, but not of a repository',
    ],
    ['https://github.com/orgs/acme', 'This is an address on github.com, but not of a repository'],
  ])('%s is refused with its host, and what to do', (text, cure) => {
    const refused = expect(() => read(text, 'azure-devops'));
    refused.toThrow(expect.objectContaining({ cure: expect.stringContaining(cure) }));
  });

  test('a collection of a Server may have a dot in its name', () => {
    const host = 'https://tfs.example.com/tfs';
    const repository = parseRepository('Main.2/Shop/api', { provider: 'azure-devops', host });
    expect(repository).toMatchObject({ organization: 'Main.2', host });
  });

  test('a password or a token in it is not shown', () => {
    for (const text of [
      'https://ci:s3cr3t@git.example.com/a',
      'ci:s3cr3t@host/a',
      'https://a.example/b?token=s3cr3t',
    ])
      expect(() => read(text, 'azure-devops')).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('s3cr3t') }),
      );
  });
});

describe('an organization of Azure DevOps', () => {
  test.each([
    ['acme', 'acme', undefined],
    ['acme/', 'acme', undefined],
    ['My Collection', 'My Collection', undefined],
    ['https://dev.azure.com/acme/', 'acme', 'https://dev.azure.com'],
    ['https://acme@dev.azure.com/acme/shop', 'acme', 'https://dev.azure.com'],
    ['dev.azure.com/acme', 'acme', 'https://dev.azure.com'],
    ['https://acme.visualstudio.com/', 'acme', 'https://dev.azure.com'],
    ['https://acme.visualstudio.com/DefaultCollection', 'acme', 'https://dev.azure.com'],
    ['acme.visualstudio.com', 'acme', 'https://dev.azure.com'],
    ['https://tfs.example.com/tfs/Main', 'Main', 'https://tfs.example.com/tfs'],
    ['https://tfs.example.com/tfs/Main/Shop', 'Main', 'https://tfs.example.com/tfs'],
    ['https://tfs.example.com/azuredevops/My%20Main/', 'My Main', 'https://tfs.example.com/azuredevops'],
    ['https://tfs.example.com:8443/Main', 'Main', 'https://tfs.example.com:8443'],
  ])('%s', (text, organization, host) => {
    const parsed = parseOrganization(text);
    expect(parsed).toMatchObject({ organization });
    expect(parsed?.host).toBe(host);
  });

  test.each(['', '/', 'acme/shop', 'acme?', 'https://dev.azure.com', 'dev.azure.com/', 'https://', 'a\\b'])(
    '"%s" is none',
    (text) => expect(parseOrganization(text)).toBeUndefined(),
  );
});

describe('an alias for a host of ssh', () => {
  const real = (alias: string) =>
    ({ work: 'github.com', 'github.com-work': 'github.com', ado: 'ssh.dev.azure.com' })[alias];

  test.each([
    ['git@work:acme/api.git', 'acme/api', 'https://github.com'],
    ['work:acme/api.git', 'acme/api', 'https://github.com'],
    ['work@work:acme/api.git', 'acme/api', 'https://github.com'],
    ['ssh://git@github.com-work/acme/api.git', 'acme/api', 'https://github.com'],
    ['git@ado:v3/acme/shop/My%20API', 'acme/shop/My API', 'https://dev.azure.com'],
  ])('%s', (text, name, host) => {
    const repository = parseRepositoryUrl(withoutAlias(text, real));
    expect(repository && fullName(repository)).toBe(name);
    expect(repository?.host).toBe(host);
  });

  test.each([
    'git@github.com:a/b.git',
    'https://work/a/b',
    'git@unknown:a/b.git',
    '-oProxyCommand=x:a/b',
    '/srv/git/a',
  ])('%s stays as it is', (text) => {
    const asked: string[] = [];
    const result = withoutAlias(text, (alias) => void asked.push(alias));
    expect(parseRepositoryUrl(result, 'github')).toEqual(parseRepositoryUrl(text, 'github'));
    expect(asked).toEqual(text.includes('unknown') ? ['unknown'] : []);
  });
});
