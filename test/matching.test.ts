import { matchResource, predecessorsOf } from '../src/catalogs/konnect/matching.ts';
import type { CatalogResource } from '../src/catalogs/konnect/schemas.ts';
import type { Repository } from '../src/repository.ts';

const ID = '0d1f2a3b-0000-4000-8000-00000000000a';
const OTHER_ID = '0d1f2a3b-0000-4000-8000-00000000000b';
const ours: Repository = {
  provider: 'azure-devops',
  organization: 'acme',
  project: 'shop',
  name: 'api',
  id: ID,
  host: 'https://dev.azure.com',
};
const { id: _, ...nameless } = ours;
const gitHub: Repository = {
  provider: 'github',
  organization: 'acme-inc',
  name: 'web',
  id: '42',
  host: 'https://github.com',
};

let count = 0;
function resource(
  config: Record<string, unknown>,
  name: string | null = 'api',
  integration_data: Record<string, unknown> = {},
): CatalogResource {
  count += 1;
  const type = config.type === undefined ? 'thing' : String(config.type);
  const integration = { name: 'azure-devops', instance: { id: 'i', name: 'azure-devops' } };
  return {
    id: `r${count}`,
    name,
    type,
    config,
    integration,
    integration_data,
    archived: false,
  };
}

function found(repository: Repository, ...resources: CatalogResource[]): string {
  const match = matchResource(resources, repository);
  if (match.kind === 'one') return `one: ${resources.indexOf(match.resource)}`;
  const list = match.kind === 'several' ? match.resources : match.similar;
  return `${match.kind}: ${list.map((one) => resources.indexOf(one)).join(',')}`;
}

describe('one fits, whatever the style', () => {
  test.each([
    ['its ID in config', resource({ repository_id: ID })],
    ['its ID in upper case', resource({ repositoryId: ID.toUpperCase() })],
    ['its ID in a URL', resource({ url: `https://dev.azure.com/acme/_apis/git/repositories/${ID}` })],
    ['its ID in the integration data', resource({ key: 'x' }, 'x', { repo: { guid: ID } })],
    ['its clone URL', resource({ remote: 'https://acme@dev.azure.com/acme/shop/_git/api' })],
    ['its old web URL', resource({ link: 'https://acme.visualstudio.com/DefaultCollection/shop/_git/api' })],
    ['its names', resource({ organization: 'acme', project: 'Shop', repository: 'API' })],
    ['its nested names', resource({ slug: 'x' }, 'api', { project: { name: 'shop' }, name: 'api' })],
    ['its path', resource({ slug: 'shop/api' }, 'shop/api')],
    ['its whole path as the name', resource({ key: 'x' }, 'acme/shop/api')],
  ])('%s', (_name, one) => expect(found(ours, one, resource({ repository_id: OTHER_ID }))).toBe('one: 0'));

  test.each([
    ['its ID', resource({ repository_id: '42' }, 'web')],
    ['its full name', resource({ full_name: 'acme-inc/web' }, 'web')],
    ['owner and name', resource({ owner: { login: 'acme-inc' }, repo: 'web' }, 'web')],
    ['its URL', resource({ html_url: 'https://github.com/acme-inc/web' }, 'web')],
  ])('on GitHub: %s', (_name, one) => expect(found(gitHub, one)).toBe('one: 0'));
});

describe('none fits', () => {
  test.each([
    [
      'the same path with another ID: made again',
      resource({ project: 'shop', repository: 'api', repository_id: OTHER_ID }),
    ],
    [
      'the same name in another project',
      resource({ organization: 'acme', project: 'archive', repository: 'api' }),
    ],
    ['the same name in another path', resource({ slug: 'archive/api' }, 'archive/api')],
    ['another name', resource({ project: 'shop', repository: 'api-docs' }, 'api-docs')],
    ['a number that happens to be the ID', resource({ stars: '42' }, 'x')],
  ])('%s', (_name, one) => expect(found(_name.includes('number') ? gitHub : ours, one)).toBe('none: '));

  test('a bare name is similar, and not enough', () => {
    expect(found(nameless, resource({ key: 'x' }))).toBe('none: 0');
    expect(found(nameless, resource({ repository_id: ID, project_id: OTHER_ID }))).toBe('none: 0');
  });
});

describe('hosts are compared', () => {
  const path = 'acme/shop/_git/api';
  const names = { organization: 'acme', project: 'shop', repository: 'api' };

  test.each([
    'https://dev.azure.com/acme/shop/_git/api',
    'https://ACME@DEV.AZURE.COM:443/acme/Shop/_git/API',
    'https://acme.visualstudio.com/shop/_git/api',
    'git@ssh.dev.azure.com:v3/acme/shop/api',
    'dev.azure.com/acme/shop/_git/api',
  ])('the same under another name: %s', (link) =>
    expect(found(ours, resource({ link }, 'x'))).toBe('one: 0'),
  );

  test.each([
    'https://github.com/acme-inc/web.git',
    'git@ssh.github.com:acme-inc/web.git',
    'git://www.github.com/acme-inc/web',
    'github.com/acme-inc/web',
  ])('the same of GitHub: %s', (link) => expect(found(gitHub, resource({ link }, 'x'))).toBe('one: 0'));

  test.each([
    ['tfs.example.com', `https://tfs.example.com/${path}`],
    ['a virtual directory', `https://tfs.example.com/tfs/${path}`],
    ['another collection', 'https://tfs.example.com/tfs/Main/shop/_git/api'],
    ['a host that only begins like ours', `https://dev.azure.com.evil.example.com/${path}`],
    ['another port', `https://dev.azure.com:8443/${path}`],
    ['ssh', 'ssh://git@tfs.example.com:22/acme/shop/_git/api'],
    ['an address by ID', `https://tfs.example.com/acme/_apis/git/repositories/${ID}`],
  ])('another host does not match, by link (%s)', (_, link) => {
    for (const config of [{ link }, { ...names, link }, { repository_id: ID, link }])
      expect(found(ours, resource(config))).toBe('none: ');
    expect(found(ours, resource({ repository_id: ID }, 'api', { links: { web: link } }))).toBe('none: ');
  });

  test.each(['host', 'server_url', 'baseUrl', 'hostname'])('nor by the name of a host in %s', (key) => {
    expect(found(ours, resource({ ...names, [key]: 'tfs.example.com' }))).toBe('none: ');
    expect(found(ours, resource({ repository_id: ID, [key]: 'https://tfs.example.com/tfs' }))).toBe('none: ');
    expect(found(ours, resource({ ...names, [key]: 'dev.azure.com' }))).toBe('one: 0');
    expect(found(ours, resource({ ...names, [key]: 'azure-devops' }))).toBe('one: 0');
  });

  test.each(['codeberg.org', 'github.com.evil.example.com', 'ghe.example.com', 'gitlab.com'])(
    'nor a repository of GitHub on %s',
    (host) => {
      const shown = { owner: 'acme-inc', repo: 'web', id: '42' };
      for (const link of [
        `https://${host}/acme-inc/web`,
        `git@${host}:acme-inc/web.git`,
        `${host}/acme-inc/web`,
      ])
        expect(found(gitHub, resource({ ...shown, link }, 'web'))).toBe('none: ');
      expect(found(gitHub, resource({ ...shown, host }, 'web'))).toBe('none: ');
    },
  );

  test('a server finds its own, and not the cloud\u2019s', () => {
    const onServer = { ...ours, host: 'https://tfs.example.com/tfs' };
    const own = resource({ ...names, link: `https://tfs.example.com/tfs/${path}` });
    const cloud = resource({ ...names, repository_id: ID, link: `https://dev.azure.com/${path}` });
    expect(found(onServer, cloud, own)).toBe('one: 1');
    expect(found(ours, own, cloud)).toBe('one: 1');
  });

  test('links to something else say nothing: an API, a home page, a mirror beside our own link', () => {
    const web = resource({ owner: 'acme-inc', repo: 'web' }, 'web', {
      url: 'https://api.github.com/repos/acme-inc/web',
      html_url: 'https://github.com/acme-inc/web',
      mirror_url: 'https://codeberg.org/acme-inc/web',
      homepage: 'https://web.example.com/docs/start',
      api_url: 'https://api.github.com',
    });
    expect(found(gitHub, web)).toBe('one: 0');
  });

  test('this machine stands in for the cloud', () => {
    const standIn = { ...nameless, host: 'http://127.0.0.1:4010/azure-devops' };
    expect(found(standIn, resource({ link: `https://dev.azure.com/${path}` }, 'x'))).toBe('one: 0');
    expect(found(standIn, resource({ link: `https://tfs.example.com/${path}` }, 'x'))).toBe('none: ');
  });
});

describe('IDs', () => {
  test.each([
    { id: OTHER_ID },
    { guid: OTHER_ID },
    { repo_guid: OTHER_ID },
    { repository: { id: OTHER_ID } },
  ])('of the same path with %o: another repository', (other) => {
    expect(found(ours, resource({ project: 'shop', repository: 'api', ...other }))).toBe('none: ');
    expect(found(ours, resource({ project: 'shop', repository: 'api' }, 'api', other))).toBe('none: ');
  });

  test.each([
    { id: 17 },
    { owner_id: '42' },
    { organization: { id: OTHER_ID } },
    { project: { id: OTHER_ID } },
  ])('of another kind say nothing: %o', (other) =>
    expect(found(ours, resource({ slug: 'shop/api' }, 'shop/api', other))).toBe('one: 0'),
  );

  test('of an owner are not taken for the repository\u2019s', () =>
    expect(found(gitHub, resource({ owner_id: '42' }, 'x'))).toBe('none: '));

  test('of the project are enough with the name', () => {
    const known = { ...nameless, projectId: OTHER_ID };
    expect(found(known, resource({ repository_id: ID, project_id: OTHER_ID }))).toBe('one: 0');
  });
});

test('what a repository was before it was created again has its path, and another ID', () => {
  const before = [
    resource({ project: 'shop', repository: 'api', id: OTHER_ID }),
    resource({ repository_id: OTHER_ID, link: 'https://dev.azure.com/acme/shop/_git/api' }, 'x'),
  ];
  const others = [
    resource({ project: 'archive', repository: 'api', id: OTHER_ID }),
    resource({ link: 'https://tfs.example.com/acme/shop/_git/api', id: OTHER_ID }),
    resource({ project: 'shop', repository: 'api' }),
    resource({ project: 'shop', repository: 'api', id: ID }),
    resource({ guid: OTHER_ID }, null),
  ];
  expect(predecessorsOf([...before, ...others], ours)).toEqual(before);
  expect(predecessorsOf(before, nameless)).toEqual([]);
});

describe('several', () => {
  test('that fit equally well are not chosen among', () => {
    expect(found(ours, resource({ repository_id: ID }), resource({ repo_id: ID }))).toBe('several: 0,1');
    expect(
      found(
        nameless,
        resource({ project: 'shop', repository: 'api' }),
        resource({ project: 'shop', repository: 'api' }),
      ),
    ).toBe('several: 0,1');
  });

  test('of which one fits better, or has the type of a repository, give that one', () => {
    const pipeline = resource({ pipeline_id: '7' }, 'api CI', { repository: { id: ID } });
    expect(found(ours, pipeline, resource({ repository_id: ID }))).toBe('one: 1');
    const repository = resource({ type: 'azure_repo', project: 'shop', repo: 'api' });
    expect(found(ours, pipeline, repository)).toBe('one: 1');
    const project = resource({ project: 'api' }, 'api');
    expect(
      found(
        { ...nameless, project: 'api' },
        project,
        resource({ type: 'repo', project: 'api', repository: 'api' }),
      ),
    ).toBe('one: 1');
  });
});

describe('what only speaks of us is not us', () => {
  const github = (name: string, more: Record<string, unknown> = {}) =>
    resource({ owner: 'acme-inc', repository: name }, name, more);

  test.each([
    ['a fork that names its parent by ID', github('web-fork', { parent: { id: '42' } })],
    ['by URL', github('web-fork', { parent: { html_url: 'https://github.com/acme-inc/web' } })],
    [
      'by name',
      github('web-fork', {
        source: { full_name: 'acme-inc/web', name: 'web', owner: { login: 'acme-inc' } },
      }),
    ],
    ['a topic of our name', github('web-docs', { topics: ['web'] })],
    ['a language of our name', github('web-docs', { languages: ['Web'], language: 'web' })],
    ['a branch of our name', github('web-docs', { default_branch: 'web' })],
  ])('%s', (_, other) => {
    expect(found(gitHub, other)).toBe('none: ');
    expect(found(gitHub, other, github('web'))).toBe('one: 1');
  });

  test('an organization of our name', () => {
    const repository = { ...ours, name: 'acme' };
    expect(
      found(
        repository,
        resource({ organization: 'acme', project: 'shop', repository: 'acme-web' }, 'acme-web'),
      ),
    ).toBe('none: ');
  });
});
