import { ownerOf, targetOf } from '../src/commands/target.ts';
import type { RunContext } from '../src/hosts/host.ts';
import { fullName, trueHost } from '../src/repository.ts';

/** Which repository and which organization a run means. */

type Wanted = Parameters<typeof targetOf>[0];
const nothing: Wanted = {
  catalog: 'konnect',
  repository: undefined,
  integration: undefined,
  azureDevOpsOrganization: undefined,
  azureDevOpsUrl: undefined,
  azureDevOpsPat: undefined,
  patExpiresOn: undefined,
};
const target = (wanted: Partial<Wanted>, context: RunContext) => {
  const repository = targetOf({ ...nothing, ...wanted }, context);
  const { provider, host } = repository;
  return { provider, name: fullName(repository), host, trueHost: trueHost(repository), id: repository.id };
};
const owner = (wanted: Partial<Wanted>, context: RunContext) => {
  const { provider, organization, host } = ownerOf({ ...nothing, ...wanted }, context);
  return `${provider} ${organization} ${host}`;
};

const CLOUD = 'https://dev.azure.com';
const TFS = 'https://tfs.example.com/tfs';
const onGitHub: RunContext = {
  repository: { provider: 'github', organization: 'acme', name: 'web', id: '42', host: 'https://github.com' },
};
const onEnterprise: RunContext = {
  repository: {
    provider: 'github',
    organization: 'acme',
    name: 'web',
    id: '7',
    host: 'https://ghe.example.com',
  },
};
const inCloud: RunContext = {
  azureDevOps: { organization: 'acme', url: CLOUD, token: 't' },
  repository: {
    provider: 'azure-devops',
    organization: 'acme',
    project: 'shop',
    name: 'api',
    id: 'r-1',
    host: CLOUD,
  },
};
const onServer: RunContext = {
  azureDevOps: { organization: 'Main', url: TFS, token: 't' },
  repository: {
    provider: 'azure-devops',
    organization: 'Main',
    project: 'Shop',
    name: 'api',
    id: 'r-2',
    host: TFS,
  },
};
const buildsGitHub: RunContext = {
  ...onGitHub,
  azureDevOps: { organization: 'acme', url: CLOUD, token: 't' },
};

describe('an unknown host', () => {
  test.each([
    ['https://bitbucket.org/acme/web', onGitHub],
    ['git@bitbucket.org:acme/web.git', onGitHub],
    ['https://ghe.example.com/acme/web', onGitHub],
    ['https://codeberg.org/acme/web', inCloud],
    ['https://dev.azure.com/acme/shop/_build?definitionId=1', onGitHub],
    ['https://tfs.example.com/tfs/Main/Shop', onServer],
  ])('%s is never taken for that of the run', (repository, context) =>
    expect(() => target({ repository }, context)).toThrow('cannot be read'),
  );

  test('is what integration says', () => {
    const repository = 'https://git.example.com/acme/web';
    expect(target({ repository, integration: 'github' }, inCloud)).toMatchObject({
      provider: 'github',
      host: 'https://git.example.com',
    });
  });

  test('is what integration says of the repository of the run', () => {
    const context = { noRepository: 'is unknown', cloneUrl: 'git@git.example.com:acme/web.git' };
    expect(() => target({}, context)).toThrow('The current repository is unknown.');
    expect(target({ integration: 'gitlab' }, context)).toMatchObject({
      provider: 'gitlab',
      host: 'https://git.example.com',
    });
  });

  test("is GitHub's where the runner says so", () => {
    expect(target({ repository: 'https://ghe.example.com/acme/other' }, onEnterprise)).toMatchObject({
      provider: 'github',
      name: 'acme/other',
      host: 'https://ghe.example.com',
    });
    expect(target({ repository: 'acme/other' }, onEnterprise).host).toBe('https://ghe.example.com');
  });

  test('gives its ID to no repository of another', () => {
    expect(target({ repository: 'https://github.com/acme/web' }, onEnterprise).id).toBeUndefined();
    expect(target({ repository: 'https://www.github.com/Acme/web' }, onGitHub).id).toBe('42');
    expect(target({ repository: `${CLOUD}/Main/Shop/_git/api` }, onServer).id).toBeUndefined();
  });

  test('of another provider does not lend its host', () => {
    expect(target({ repository: 'acme/web', integration: 'github' }, inCloud).host).toBe(
      'https://github.com',
    );
  });
});

describe('a Server', () => {
  test.each([
    ['its own address', `${TFS}/Main/Shop/_git/other`],
    ['another name of it', 'https://tfs01:8443/tfs/Main/Shop/_git/other'],
    ['another name, without the virtual directory', 'http://tfs01/main/Shop/_git/other'],
    ['ssh', 'ssh://tfs.example.com:22/tfs/Main/Shop/_ssh/other'],
    ['names', 'Shop/other'],
    ['all names', 'main/Shop/other'],
  ])('is sent a PAT at the address that its pipeline has: %s', (_, repository) =>
    expect(target({ repository, azureDevOpsPat: 'p' }, onServer)).toMatchObject({
      name: 'Main/Shop/other',
      host: TFS,
    }),
  );

  test.each([
    [{ repository: `${CLOUD}/Main/Shop/_git/other` }, CLOUD],
    [{ repository: 'https://acme@dev.azure.com/Main/Shop/_git/other' }, CLOUD],
    [{ repository: 'Main/Shop/other', azureDevOpsUrl: CLOUD }, CLOUD],
    [
      { repository: 'Main/Shop/other', azureDevOpsUrl: 'https://other.example.com/tfs' },
      'https://other.example.com/tfs',
    ],
  ])('is not meant by %j', (wanted, host) =>
    expect(target(wanted, onServer)).toMatchObject({ name: 'Main/Shop/other', host, trueHost: host }),
  );

  test.each([
    ['https://tfs.example.com/azuredevops', 'https://tfs.example.com/azuredevops/Main/Shop/_git/api'],
    ['https://tfs.example.com/azuredevops', 'https://tfs01/azuredevops/Main/Shop/_git/api'],
    ['https://tfs.example.com/azuredevops', 'Main/Shop/api'],
    ['https://tfs.example.com/azuredevops/Main', 'Main/Shop/api'],
  ])('at azure-devops-url %s has %s', (azureDevOpsUrl, repository) =>
    expect(target({ azureDevOpsUrl, repository }, onGitHub)).toMatchObject({
      provider: 'azure-devops',
      name: 'Main/Shop/api',
      host: 'https://tfs.example.com/azuredevops',
      trueHost: 'https://tfs.example.com/azuredevops',
    }),
  );

  test('that azure-devops-url names is not the cloud of the pipeline', () => {
    const wanted = { azureDevOpsUrl: TFS, azureDevOpsPat: 'p' };
    expect(target({ ...wanted, repository: 'acme/shop/api' }, inCloud)).toMatchObject({
      host: TFS,
      trueHost: TFS,
      id: undefined,
    });
    expect(target(wanted, inCloud).trueHost).toBe(TFS);
    expect(owner({ ...wanted, azureDevOpsOrganization: 'acme' }, inCloud)).toBe(`azure-devops acme ${TFS}`);
  });

  test('is not sent a PAT in clear', () =>
    expect(() =>
      target({ repository: 'http://tfs01/tfs/Other/Shop/_git/api', azureDevOpsPat: 'p' }, onServer),
    ).toThrow('in clear'));
});

describe('a loopback azure-devops-url is a way to', () => {
  const wanted = { azureDevOpsUrl: 'http://127.0.0.1:4010/azure-devops' };

  test.each([
    ['the cloud', 'acme/shop/api', onGitHub, CLOUD],
    ['the host of a URL', `${TFS}/acme/shop/_git/api`, onGitHub, TFS],
    ['the Server of the pipeline', 'Main/Shop/api', onServer, TFS],
    ['the cloud from the pipeline of a Server', `${CLOUD}/acme/shop/_git/api`, onServer, CLOUD],
  ])('%s', (_, repository, context, host) =>
    expect(target({ ...wanted, repository }, context)).toMatchObject({
      host: wanted.azureDevOpsUrl,
      trueHost: host,
    }),
  );

  test('the host of the repository of the run', () =>
    expect(target(wanted, onServer)).toMatchObject({
      host: wanted.azureDevOpsUrl,
      trueHost: TFS,
      id: 'r-2',
    }));
});

describe('the credential that is judged', () => {
  test.each([
    [
      'of an Azure pipeline that builds a repository of GitHub',
      {},
      buildsGitHub,
      `azure-devops acme ${CLOUD}`,
    ],
    ['with a PAT', { azureDevOpsPat: 'p' }, buildsGitHub, `azure-devops acme ${CLOUD}`],
    [
      'by the name of the integration',
      { integration: 'github' },
      buildsGitHub,
      'github acme https://github.com',
    ],
    [
      'by the name of the integration, whatever PAT is given',
      { integration: 'github', azureDevOpsPat: 'p' },
      buildsGitHub,
      'github acme https://github.com',
    ],
    [
      'of Backstage, which tells only of repositories',
      { catalog: 'backstage' },
      buildsGitHub,
      'github acme https://github.com',
    ],
    [
      'of a repository that is named',
      { repository: 'https://github.com/acme/web' },
      buildsGitHub,
      'github acme https://github.com',
    ],
    ['on GitHub', {}, onGitHub, 'github acme https://github.com'],
    ['on a Server', {}, onServer, `azure-devops Main ${TFS}`],
    ['of another organization', { azureDevOpsOrganization: 'other' }, inCloud, `azure-devops other ${CLOUD}`],
    ['of the own collection', { azureDevOpsOrganization: 'main' }, onServer, `azure-devops Main ${TFS}`],
  ] as [string, Partial<Wanted>, RunContext, string][])('%s', (_, wanted, context, expected) =>
    expect(owner(wanted, context)).toBe(expected),
  );

  test('is asked for where a run on GitHub speaks of a PAT', () =>
    expect(() => owner({ azureDevOpsPat: 'p' }, onGitHub)).toThrow('It is not said of which organization'));
});
