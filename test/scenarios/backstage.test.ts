import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fail, succeed } from './support/check.ts';
import type { HostName, RunOptions } from './support/runners.ts';
import { createWorld, type World } from './support/world.ts';

/** What a run makes of the answers of a Backstage that a real one does not give on request. */

let world: World;
afterEach(() => world.close());

const recorded: Record<string, string> = JSON.parse(
  readFileSync(path.join(__dirname, '../backstage/refusals.json'), 'utf8'),
);
const PAGES: Record<string, string> = {
  azure: 'https://dev.azure.com/acme/Payments/_git/',
  github: 'https://github.com/acme/',
  gitlab: 'https://gitlab.com/acme/',
};

async function createCompany(): Promise<World> {
  const created = await createWorld();
  created.roadie.offers.locations = true;
  // What is asked of Backstage is none of Konnect's.
  created.lawful = false;
  return created;
}

function step(inputs: Record<string, string> = {}, host: HostName = 'github'): RunOptions {
  return {
    inputs: {
      catalog: 'backstage',
      repository: 'https://github.com/acme/dead',
      'azure-devops-pat': '',
      'azure-devops-url': '',
      'wait-timeout': '10',
      ...inputs,
    },
    environment: host === 'azure' ? { SYSTEM_COLLECTIONURI: `${world.azureDevOpsUrl}/acme/` } : {},
  };
}

/** Of the repository that the recorded words are about. */
function stepOf(key: string, inputs: Record<string, string> = {}, host: HostName = 'github'): RunOptions {
  const [provider = '', name = ''] = key.split('/');
  return step(
    { repository: `${PAGES[provider] ?? PAGES.github}${PAGES[provider] ? name : 'ok'}`, ...inputs },
    host,
  );
}

/** Has the dry run answer 400 with these words, or with this body. */
function refuse(says: string, body = JSON.stringify({ error: { name: 'InputError', message: says } })): void {
  world.fault = ({ path: address }) =>
    address.includes('dryRun') ? { answer: { status: 400, body } } : undefined;
}

const ticketsOf = (host: 'github' | 'azure') =>
  structuredClone(host === 'github' ? world.github.issues : world.boards.items);

describe.each(['github', 'azure'] as const)('on %s', (host) => {
  test.each([
    'azure/signin302',
    'github/dead203',
    'github/gone',
    'azure/gone',
    'github/second403',
    'github/rate403',
    'github/rate429',
    'gitlab/rate429',
    'azure/rate403',
    'gitlab/e409',
    'github/e451',
    'azure/e407',
    'github/reset',
    'ghtls',
    'filetype',
    'nohost',
    'azure/badalias',
    'source/github-app-suspended',
  ])('what proves nothing (%s) is told as unknown, and touches no ticket', async (key) => {
    world = await createCompany();
    const says = recorded[key] ?? '';
    const remind = stepOf(key, { command: 'remind', ticket: 'true' }, host);
    refuse(says);
    const without = await succeed(host, world, remind);
    expect(without.outputs).toMatchObject({ 'credential-status': 'unknown', 'ticket-operation': 'skipped' });
    expect(ticketsOf(host)).toEqual([]);

    // The same repository, whose token is refused: that opens one.
    const page = remind.inputs?.repository ?? '';
    refuse(
      page.includes('dev.azure.com')
        ? `Error: Unable to read url, ${page}?path=/catalog-info.yaml could not be read as https://dev.azure.com/x, 401 Unauthorized`
        : page.includes('gitlab')
          ? `Error: Unable to read url, ${page}/-/blob/main/catalog-info.yaml could not be read as https://gitlab.com/x, 401 Unauthorized`
          : `Error: Unable to read url, Request failed for ${page.replace('github.com/', 'api.github.com/repos/')}/contents/catalog-info.yaml?ref=main, 401 Unauthorized`,
    );
    const refused = await fail(host, world, remind);
    expect(refused.outputs).toMatchObject({ 'credential-status': 'tainted', 'ticket-operation': 'created' });
    const before = ticketsOf(host);

    refuse(says);
    const { outputs, warnings, log } = await succeed(host, world, remind);
    expect(outputs).toMatchObject({
      'credential-operation': 'skipped',
      'credential-status': 'unknown',
      'ticket-operation': 'unchanged',
      'ticket-url': refused.outputs['ticket-url'],
    });
    expect(ticketsOf(host)).toEqual(before);
    expect(warnings).toEqual([expect.stringContaining('It is unknown whether')]);
    expect(warnings[0]?.replaceAll('…', '')).toContain(says.trim().split('\n')[0]?.slice(0, 250));
    expect(warnings[0]?.includes('rate limit of the host')).toBe(/429|rate limit/u.test(says));
    expect(log).not.toMatch(/works|valid/u);
    const wanted = { ...remind, inputs: { ...remind.inputs, 'fail-on': 'unknown' } };
    expect((await fail(host, world, wanted)).outputs['ticket-operation']).toBe('unchanged');
    expect(ticketsOf(host)).toEqual(before);
  });
});

test.each([
  'github/gone',
  'ghtls',
  'source/github-app-suspended',
  'azure/signin302',
  'github/text',
  'gitlab/e500',
])('register claims nothing of what proves nothing (%s)', async (key) => {
  world = await createCompany();
  refuse(recorded[key] ?? '');
  const { error, outputs, log } = await fail('github', world, stepOf(key));
  expect(outputs).toMatchObject({
    'integration-operation': 'skipped',
    'credential-operation': 'skipped',
    'credential-status': 'unknown',
    'mapping-operation': 'skipped',
  });
  expect(error).not.toContain('Correct the file');
  expect(log).not.toMatch(/credential +unchanged/u);
  expect(world.roadie.locations).toEqual([]);
});

test.each([
  ['a page of a proxy', '<html><head><title>400 Bad Request</title></head><center>nginx</center></html>'],
  ['an answer of a gateway', '{"message":"Bad Request"}'],
])('%s proves nothing', async (_, body) => {
  world = await createCompany();
  refuse('', body);
  const { outputs, warnings } = await succeed('local', world, step({ command: 'remind' }));
  expect(outputs['credential-status']).toBe('unknown');
  expect(warnings[0]).toContain('400 Bad Request'.slice(body.startsWith('<') ? 0 : 4));
});

test.each([
  ['azure/dead-noreason', 'tainted'],
  ['azure/dead203', 'tainted'],
  ['gitlab/dead', 'tainted'],
  ['github/noowner', 'valid'],
  ['azure/user', 'valid'],
  ['gitlab/dup', 'valid'],
])('what is proven is told: %s is %s', async (key, status) => {
  world = await createCompany();
  refuse(recorded[key] ?? '');
  const remind = stepOf(key, { command: 'remind', 'fail-on': 'none' });
  const flagged = status !== 'valid';
  expect((await succeed('local', world, { ...remind, flagged })).outputs['credential-status']).toBe(status);
});

test('a refusal whose words are long is read to its end', async () => {
  world = await createCompany();
  refuse(recorded['azure/long'] ?? '');
  const repository = `https://dev.azure.com/acme/${'決済プロジェクト管理部門'.repeat(3)}/_git/long-${'台帳'.repeat(10)}`;
  const { outputs } = await fail('github', world, step({ command: 'remind', repository }));
  expect(outputs['credential-status']).toBe('tainted');
});

test('a day that is known is told, whatever else is not', async () => {
  world = await createCompany();
  refuse(recorded['github/reset'] ?? '');
  const remind = step({
    command: 'remind',
    'pat-expires-on': '2020-01-01',
    repository: 'https://dev.azure.com/acme/p/_git/r',
  });
  const { error, outputs } = await fail('github', world, remind);
  expect(outputs['credential-status']).toBe('expired');
  expect(error).toContain('socket hang up');
});

test('a component that is not made: what the catalog could not read is told', async () => {
  world = await createCompany();
  const target = 'https://github.com/acme/dead/blob/main/catalog-info.yaml';
  world.roadie.discover(target, 'dead');
  world.roadie.failReading(target, recorded['github/dead'] ?? '');
  world.roadie.entities = world.roadie.entities.filter(({ kind }) => kind === 'Location');
  const body = JSON.stringify({ location: { id: '1', type: 'url', target } });
  world.fault = ({ method, path: address }) =>
    method === 'POST' && address.endsWith('/locations') ? { answer: { status: 201, body } } : undefined;
  const { error } = await fail('github', world, step({ 'wait-timeout': '1' }));
  expect(error).toContain('401 Unauthorized');
});
