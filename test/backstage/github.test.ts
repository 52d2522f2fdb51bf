import { fail, succeed } from '../scenarios/support/check.ts';
import type { RunOptions } from '../scenarios/support/runners.ts';
import type { GitHubRepository } from './github-server.ts';
import { type Company, component, createCompany, READER_TOKEN } from './support.ts';

/** Repositories of a GitHub Enterprise Server, which Backstage reads as those of GitHub. */

let company: Company;
beforeAll(async () => {
  company = await createCompany('current');
}, 60_000);
afterAll(() => company.close());
afterEach(() => {
  company.gitHubServer.alive = true;
});

const pageOf = (name: string) => `${company.gitHubServer.url}/acme/${name}`;
const targetOf = (name: string) => `${pageOf(name)}/blob/main/catalog-info.yaml`;

function addRepository(name: string, changes: Partial<GitHubRepository> = {}): GitHubRepository {
  const repository = {
    files: { 'main/catalog-info.yaml': component(name) },
    defaultBranch: 'main',
    ...changes,
  };
  company.gitHubServer.repositories.set(name, repository);
  return repository;
}

/** A run of the repository itself, so that its default branch is known. */
function step(name: string, inputs: Record<string, string> = {}): RunOptions {
  const branch = company.gitHubServer.repositories.get(name)?.defaultBranch;
  return {
    ...company.step(name, { repository: '', 'azure-devops-url': '', ...inputs }),
    environment: { GITHUB_SERVER_URL: company.gitHubServer.url, GITHUB_REPOSITORY: `acme/${name}` },
    event: { name: 'push', payload: { repository: { default_branch: branch } } },
  };
}

async function locations(): Promise<string[]> {
  const { body } = await company.ask('GET', '/locations');
  return (body as { data: { target: string } }[]).map(({ data }) => data.target);
}
const registerByHand = (target: string) => company.ask('POST', '/locations', { type: 'url', target });

const UNCHANGED = {
  'credential-status': 'valid',
  'service-operation': 'unchanged',
  'mapping-operation': 'unchanged',
};

test('a first run registers, a second one writes nothing, a change is taken over', async () => {
  const repository = addRepository('first');
  const { outputs } = await succeed('github', company, step('first'));
  expect(outputs).toMatchObject({ 'service-operation': 'created', 'mapping-operation': 'created' });
  const again = await succeed('github', company, step('first'));
  expect(again.outputs).toMatchObject({
    ...UNCHANGED,
    'mapping-id': outputs['mapping-id'],
    changed: 'false',
  });
  repository.files['main/catalog-info.yaml'] = component('first', '  description: New\n');
  expect((await succeed('github', company, step('first'))).outputs['service-operation']).toBe('updated');
});

test.each([
  ['tree', 'acme/tree/tree/main'],
  ['raw', 'acme/raw/raw/main'],
  ['edit', 'acme/edit/edit/main'],
  ['head', 'acme/head/blob/HEAD'],
  ['case', 'Acme/CASE/blob/main'],
])('a file that was registered in another spelling (%s) is the same', async (name, spelled) => {
  addRepository(name);
  const address = `${company.gitHubServer.url}/${spelled}/catalog-info.yaml`;
  await registerByHand(address);
  await company.made(name);
  const { outputs, log } = await succeed('github', company, step(name));
  expect(outputs).toMatchObject(UNCHANGED);
  expect(outputs['mapping-id']).not.toBe('');
  expect(log).toContain(`known as ${address}`);
  expect(await locations()).not.toContain(targetOf(name));
});

test.each([
  ['at HEAD', '/blob/HEAD/'],
  ['as discovery spells it', '/blob/main/'],
])('a file that was discovered %s is the same', async (title, spelled) => {
  const name = title.replaceAll(' ', '-').toLowerCase();
  addRepository(name);
  company.discover(`${pageOf(name)}${spelled}catalog-info.yaml`);
  await company.made(name);
  expect((await succeed('github', company, step(name))).outputs).toMatchObject({
    ...UNCHANGED,
    'mapping-id': '',
  });
  expect(await locations()).not.toContain(targetOf(name));
});

test.each([
  ['by-address', (name: string) => targetOf(name)],
  ['relative', () => './catalog-info.yaml'],
  ['from-root', () => '/catalog-info.yaml'],
])('a file that another one lists (%s) is the same', async (name, listed) => {
  const lister = `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all-${name} }\nspec: { targets: ["${listed(name)}"] }\n`;
  addRepository(name, { files: { 'main/all.yaml': lister, 'main/catalog-info.yaml': component(name) } });
  const root = targetOf(name).replace('catalog-info', 'all');
  await registerByHand(root);
  await company.made(name);
  const { outputs, log } = await succeed('github', company, step(name));
  expect(outputs).toMatchObject(UNCHANGED);
  expect(log).toContain(`listed by ${root}`);
  expect(await locations()).not.toContain(targetOf(name));
});

test('another branch, or another repository, is not the same', async () => {
  const files = {
    'main/catalog-info.yaml': component('branched'),
    'old/catalog-info.yaml': component('branched'),
  };
  addRepository('branched', { files });
  const old = targetOf('branched').replace('/main/', '/old/');
  await registerByHand(old);
  await company.made('branched');
  const branched = await fail('github', company, step('branched'));
  expect(branched.error).toContain(`is taken by an entity of ${old}`);
  expect(branched.error).toContain('on another branch');

  // It begins alike.
  addRepository('branched-2', { files });
  const other = await fail('github', company, step('branched-2'));
  expect(other.error).toContain(`is taken by an entity of ${old}`);
  expect(other.error).not.toContain('on another branch');
});

test('a repository that was renamed: its old location is to go', async () => {
  const repository = addRepository('old-name', { files: { 'main/catalog-info.yaml': component('kept') } });
  await registerByHand(targetOf('old-name'));
  await company.made('kept');
  // GitHub redirects from the old name to the new one.
  company.gitHubServer.repositories.set('new-name', repository);
  const { error } = await fail('github', company, step('new-name'));
  expect(error).toContain(
    `If the repository was renamed or moved from there, have the location ${targetOf('old-name')} removed`,
  );
});

test('a default branch with a slash is read at HEAD', async () => {
  addRepository('slash', {
    defaultBranch: 'release/1.0',
    files: { 'release/1.0/catalog-info.yaml': component('slash') },
  });
  const { outputs } = await succeed('github', company, step('slash'));
  expect(outputs['mapping-operation']).toBe('created');
  expect(await locations()).toContain(`${pageOf('slash')}/blob/HEAD/catalog-info.yaml`);
  expect((await succeed('github', company, step('slash'))).outputs).toMatchObject(UNCHANGED);
});

test('a repository without the file is shown one, which registers', async () => {
  const repository = addRepository('empty', { files: {} });
  const { error, log, outputs } = await fail('github', company, step('empty', { entity: 'generate' }));
  expect(error).toContain('the file that is shown above as catalog-info.yaml');
  expect(outputs['credential-status']).toBe('unknown');
  repository.files['main/catalog-info.yaml'] = log.slice(log.indexOf('apiVersion:')).split('\n\n')[0] ?? '';
  expect((await succeed('github', company, step('empty'))).outputs['service-operation']).toBe('created');
  const remind = step('not-there', { command: 'remind' });
  expect((await succeed('github', company, remind)).outputs['credential-status']).toBe('unknown');
});

test("the catalog's own token is refused, limited, or met with a sign-in page", async () => {
  const repository = addRepository('refused');
  const status = async (run: typeof succeed) =>
    (await run('github', company, step('refused', { command: 'remind' }))).outputs['credential-status'];
  expect(await status(succeed)).toBe('valid');
  company.gitHubServer.alive = false;
  expect(await status(fail)).toBe('tainted');
  company.gitHubServer.alive = true;
  for (const refusal of [
    { status: 403, headers: { 'x-ratelimit-remaining': '0' } },
    { status: 429 },
    { status: 403 },
    { status: 404 },
    { status: 502 },
    { status: 203, body: '<!DOCTYPE html>\n<html><title>Sign in</title></html>' },
    { status: 200, body: '<!DOCTYPE html>\n<html><title>Sign in</title></html>' },
    { status: 200, body: '{"message":"Sign in"}' },
    { status: 200, body: 'Sign in' },
    { status: 200, body: 'error: [' },
    { status: 200, body: 'error: *unknown' },
  ]) {
    repository.refusal = refusal;
    expect([refusal, await status(succeed)]).toEqual([refusal, 'unknown']);
  }
  repository.refusal = undefined;
  repository.files['main/catalog-info.yaml'] = component('refused', '', '').replace(/^ {2}owner.*$/mu, '');
  expect(await status(succeed)).toBe('valid');
});

test('a token that only reads is told what the catalog could not read', async () => {
  addRepository('reader');
  await succeed('github', company, step('reader'));
  const asReader = step('reader', { 'catalog-token': READER_TOKEN });
  const before = await succeed('github', company, asReader);
  expect(before.warnings).toEqual([]);
  expect(before.outputs).toMatchObject({ 'credential-status': '', 'service-operation': 'unchanged' });
  company.gitHubServer.alive = false;
  await company.ask('POST', '/refresh', { entityRef: 'component:default/reader' });
  const remind = step('reader', { command: 'remind', 'catalog-token': READER_TOKEN });
  let told = await succeed('github', company, asReader);
  for (let tries = 0; tries < 20 && told.warnings.length === 0; tries++)
    told = await succeed('github', company, asReader);
  expect(told.warnings).toEqual([expect.stringContaining('401 Unauthorized')]);
  expect(told.outputs).toMatchObject({ 'credential-status': 'tainted', 'service-operation': 'unchanged' });
  expect((await fail('github', company, remind)).outputs['credential-status']).toBe('tainted');
});
