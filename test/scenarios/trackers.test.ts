import { daysAfter } from '../../src/dates.ts';
import { fail, run, succeed } from './support/check.ts';
import type { HostName } from './support/runners.ts';
import { seedIntegration } from './support/seeds.ts';
import { inDays, reminder, ticketsOf } from './support/tickets.ts';
import { createWorld, type World } from './support/world.ts';

/** Trackers that allow less than others, or answer oddly. */

let world: World;
afterEach(() => world.close());

const remind = (host: HostName, days: number, inputs: Record<string, string> = {}) =>
  reminder(host, world, { 'pat-expires-on': inDays(days), ...inputs });
const tickets = (host: HostName) => ticketsOf(host, world);
const toTracker = () => world.exchanges.filter(({ path }) => !path.startsWith('/v1/'));

async function begin(host: HostName, days?: number, inputs: Record<string, string> = {}): Promise<void> {
  world = await createWorld();
  seedIntegration(world);
  if (days !== undefined) await succeed(host, world, remind(host, days, inputs));
  world.forgetExchanges();
}

/** The PAT is replaced by one that ends much later. */
async function renew(host: HostName): Promise<void> {
  const inputs = { 'azure-devops-pat': world.secondPat, 'pat-expires-on': inDays(300) };
  await succeed(host, world, { inputs: { ...inputs, 'rotate-credential': 'always' } });
}

/** All others are tried at every request by test/torture/trackers.ts. */
const BODIES = ['', '<!DOCTYPE html><title>Sign in</title>', '{}', '[null]'];

/** Requests of a reminder that changes a ticket, by the end of their path. */
const REQUESTS = {
  github: [
    ['GET', '/issues'],
    ['GET', '/comments'],
  ],
  azure: [
    ['POST', '/wiql'],
    ['GET', '/workitems'],
    ['GET', '/workitemtypes/Task/states'],
    ['GET', '/workitemtypes/Task'],
  ],
} as const;

describe.each(['github', 'azure'] as const)('on %s', (host) => {
  describe.each(REQUESTS[host])('an answer to %s …%s that is none', (method, end) => {
    test.each(BODIES)('%s', async (body) => {
      await begin(host, 25);
      let count = 0;
      world.fault = (request) => {
        if (request.method !== method || !request.path.split('?')[0]?.endsWith(end)) return undefined;
        count += 1;
        return { answer: { status: 200, headers: { 'content-type': 'application/json' }, body } };
      };
      const { error, outputs, log } = await fail(host, world, remind(host, 10));
      expect(count).toBeGreaterThan(0);
      expect(error).toMatch(
        new RegExp(`answered ${method} \\S*${end} with status 200, but not as its API`, 'u'),
      );
      expect(`${error}${log}`).not.toMatch(/This is a bug|TypeError/u);
      expect(outputs).toMatchObject({ 'credential-status': 'expiring', 'ticket-operation': 'skipped' });
      expect(tickets(host)).toMatchObject([{ open: true }]);
    });
  });

  test('the verdict on the credential stands where the ticket fails', async () => {
    await begin(host);
    world.github.tokens.set(world.gitHubToken, 'read');
    world.boards.secrets.set(world.jobToken, 'read');
    const { error, warnings, outputs } = await fail(host, world, remind(host, -1));
    expect(error).toContain(`ended on ${inDays(-1)}`);
    expect(warnings).toEqual([expect.stringContaining('status 403')]);
    expect(outputs['credential-status']).toBe('expired');
  });

  test('nobody is said to be unassigned in a ticket that is not there', async () => {
    await begin(host);
    world.fault = ({ method, path }) =>
      method === 'POST' && /\/issues$|\/workitems\//u.test(path.split('?')[0] ?? '')
        ? { answer: { status: host === 'github' ? 422 : 400, body: '{"message": "No."}' } }
        : undefined;
    const { warnings } = await fail(host, world, remind(host, 10, { 'ticket-assignees': 'nobody' }));
    expect(warnings.join()).not.toContain('The ticket is there');
  });
});

describe('a list of GitHub that does not end', () => {
  test.each(['/issues', '/comments'])('of …%s', async (end) => {
    await begin('github', 25);
    world.fault = ({ method, path }) =>
      method === 'GET' && path.split('?')[0]?.endsWith(end)
        ? { answer: { status: 200, headers: { link: `<${world.url}${path}>; rel="next"` }, body: '[]' } }
        : undefined;
    const { error } = await fail('github', world, remind('github', 10));
    expect(error).toContain(`${end} with more than`);
    expect(toTracker().length).toBeLessThan(60);
    expect(tickets('github')).toHaveLength(1);
  });
});

describe('a locked issue', () => {
  const lock = (locked: 'comments' | 'all') => {
    for (const issue of world.github.issues) issue.locked = locked;
  };

  test('is updated without a comment, and closed after the renewal', async () => {
    await begin('github', 25);
    lock('comments');
    const updated = await succeed('github', world, remind('github', 10));
    expect(updated.warnings.filter((text) => text.includes('locked'))).toEqual([
      expect.stringContaining('https://github.com/acme-inc/web-shop/issues/1'),
    ]);
    expect(updated.outputs['ticket-operation']).toBe('updated');
    expect(tickets('github')).toMatchObject([{ open: true, title: expect.stringContaining(inDays(10)) }]);
    const again = await succeed('github', world, remind('github', 10));
    expect(again.outputs['ticket-operation']).toBe('unchanged');
    expect(again.warnings.join()).not.toContain('locked');
    await renew('github');
    const closed = await succeed('github', world, reminder('github', world));
    expect(closed.outputs['ticket-operation']).toBe('closed');
    expect(tickets('github')).toMatchObject([{ open: false, comments: [] }]);
  });

  test('that nobody may change is left as it is, which is no failure', async () => {
    await begin('github', 25);
    lock('all');
    const before = tickets('github');
    const { warnings, outputs } = await succeed('github', world, remind('github', 10));
    expect(warnings).toContainEqual(expect.stringMatching(/issues\/1 is locked\. It was not updated/u));
    expect(outputs).toMatchObject({
      'ticket-operation': 'unchanged',
      'ticket-url': 'https://github.com/acme-inc/web-shop/issues/1',
    });
    expect(tickets('github')).toEqual(before);
  });
});

test('a token that may not label opens one issue, finds it again and closes it after the renewal', async () => {
  await begin('github');
  world.github.tokens.set(world.gitHubToken, 'write, but not label');
  const { warnings } = await succeed('github', world, remind('github', 25, { 'ticket-labels': 'security' }));
  expect(warnings).toContainEqual(
    expect.stringMatching(/issues\/1 without the labels catalog-connect, security/u),
  );
  for (const operation of ['unchanged', 'unchanged'])
    expect((await succeed('github', world, remind('github', 25))).outputs['ticket-operation']).toBe(
      operation,
    );
  expect((await succeed('github', world, remind('github', 10))).outputs['ticket-operation']).toBe('updated');
  await renew('github');
  await succeed('github', world, reminder('github', world));
  expect(tickets('github')).toMatchObject([{ open: false, labels: [] }]);
});

test('an issue that somebody else opened with the mark in it is no ticket', async () => {
  await begin('github', 25);
  const [issue] = world.github.issues;
  if (!issue) throw new Error('There is no issue.');
  issue.labels = [];
  issue.author = 'mallory';
  const { outputs } = await succeed('github', world, remind('github', 25));
  expect(outputs['ticket-operation']).toBe('created');
});

test('a label is the same in other letters', async () => {
  await begin('github');
  world.github.spelling = () => 'Catalog-Connect';
  const { outputs, warnings } = await succeed('github', world, remind('github', 25));
  expect(outputs['ticket-operation']).toBe('created');
  expect(warnings.join()).not.toContain('label');
  expect(tickets('github')).toMatchObject([{ open: true, labels: ['Catalog-Connect'] }]);
  expect((await succeed('github', world, remind('github', 25))).outputs['ticket-operation']).toBe(
    'unchanged',
  );
});

test.each(['open', 'update'])('an archived repository: %s', async (write) => {
  await begin('github', write === 'open' ? undefined : 25);
  world.github.archived = true;
  const { error } = await fail('github', world, remind('github', 10));
  expect(error).toContain('Repository was archived');
  expect(error).toContain('The repository is archived');
  expect(error).not.toContain('issues: write');
});

test.each([403, 404, 410])('issues that are turned off, answered with %s', async (status) => {
  await begin('github');
  world.github.hasIssues = false;
  world.fault = ({ method, path }) =>
    path.split('?')[0]?.endsWith('/issues')
      ? method === 'GET'
        ? { answer: { status: 200, body: '[]' } }
        : { answer: { status, body: '{"message": "Forbidden"}' } }
      : undefined;
  const { error, outputs } = await fail('github', world, remind('github', 10));
  expect(error).toContain('Issues are turned off in this repository');
  expect(outputs['credential-status']).toBe('expiring');
});

test('an issue that was deleted a moment ago', async () => {
  await begin('github', 25);
  world.fault = ({ method }) =>
    method === 'PATCH'
      ? { answer: { status: 410, body: '{"message": "This issue was deleted"}' } }
      : undefined;
  const { error } = await fail('github', world, remind('github', 10));
  expect(error).toContain('The issue was deleted');
});

describe('a repository that was renamed', () => {
  test('is followed with each kind of request', async () => {
    await begin('github');
    world.github.movedTo = 'repositories/77';
    for (const [days, operation] of [
      [25, 'created'],
      [25, 'unchanged'],
      [10, 'updated'],
    ] as const)
      expect((await succeed('github', world, remind('github', days))).outputs['ticket-operation']).toBe(
        operation,
      );
    await renew('github');
    const { outputs } = await succeed('github', world, reminder('github', world));
    expect(outputs['ticket-operation']).toBe('closed');
    expect(tickets('github')).toMatchObject([{ open: false }]);
    expect(tickets('github')[0]?.comments).toHaveLength(2);
    const methods = toTracker().filter(({ status }) => status === 301 || status === 307);
    expect(new Set(methods.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'PATCH']));
  });

  test.each([301, 302, 307, 308])('a write that is answered with %s is repeated as it is', async (status) => {
    await begin('github');
    world.fault = ({ method, path }) =>
      method === 'POST' && path.endsWith('/repos/acme-inc/web-shop/issues')
        ? { answer: { status, headers: { location: `${path}/` } } }
        : undefined;
    const sent = world.exchanges;
    await run('github', world, remind('github', 10));
    const [first, second] = sent.filter(({ method, path }) => method === 'POST' && path.includes('/issues'));
    expect(second).toMatchObject({ method: 'POST', path: `${first?.path}/`, body: first?.body });
  });

  test('a redirect to another server is not followed', async () => {
    await begin('github');
    world.github.movedTo = 'http://127.0.0.2:9/repositories/77';
    const { error } = await fail('github', world, remind('github', 10));
    expect(error).toContain('http://127.0.0.2:9');
    expect(error).toContain('the token is not sent there');
  });

  test('redirects without an end are given up', async () => {
    await begin('github');
    world.fault = ({ path }) =>
      path.includes('/repos/') ? { answer: { status: 301, headers: { location: path } } } : undefined;
    const { error } = await fail('github', world, remind('github', 10));
    expect(error).toContain('is redirected more than 5 times');
    expect(toTracker().length).toBeLessThan(20);
  });
});

describe('on Azure DevOps', () => {
  const fields = () => world.boards.items.map((item) => item.fields);
  const setState = (state: string) => {
    for (const item of fields()) item['System.State'] = state;
  };

  test.each(['Bug', 'Defect'])('the text of a %s is in its repro steps', async (type) => {
    const given = { 'work-item-type': type };
    await begin('azure', 25, given);
    const text = () => fields().map((item) => item['Microsoft.VSTS.TCM.ReproSteps']);
    expect(text()).toEqual([expect.stringContaining(inDays(25))]);
    const on = async (days: number) =>
      (await succeed('azure', world, remind('azure', days, given))).outputs['ticket-operation'];
    expect(await on(25)).toBe('unchanged');
    expect(await on(10)).toBe('updated');
    expect(text()).toEqual([expect.stringContaining(inDays(10))]);
    await renew('azure');
    // Found with another type in the inputs, too.
    const { outputs } = await succeed('azure', world, reminder('azure', world));
    expect(outputs['ticket-operation']).toBe('closed');
    expect(text()).toEqual([expect.stringContaining('was renewed')]);
    expect(fields()).toMatchObject([{ 'System.State': 'Closed' }]);
    expect(Object.keys(fields()[0] ?? {})).not.toContain('System.Description');
  });

  test('the text of a Task is its description', async () => {
    await begin('azure', 25);
    expect(Object.keys(fields()[0] ?? {})).toContain('System.Description');
    expect(Object.keys(fields()[0] ?? {})).not.toContain('Microsoft.VSTS.TCM.ReproSteps');
  });

  test.each(['5.0', '5.1', '6.0', '7.0'])('a Server whose newest API is %s', async (version) => {
    world = await createWorld();
    world.boards.newestVersion = version;
    const refused = () => world.exchanges.filter(({ status }) => status === 400).length;
    await succeed('azure', world, { inputs: { 'pat-expires-on': inDays(200) } });
    expect(refused()).toBeLessThanOrEqual(2);
    world.forgetExchanges();
    const tried = await succeed('azure', world, remind('azure', 10, { 'azure-devops-pat': world.pat }));
    expect(tried.outputs['ticket-operation']).toBe('created');
    expect(tried.log + tried.warnings.join()).toContain('Azure DevOps accepts it today');
    expect(refused()).toBeLessThanOrEqual(2);
    await renew('azure');
    expect((await succeed('azure', world, reminder('azure', world))).outputs['ticket-operation']).toBe(
      'closed',
    );
  });

  test('a Server that is too old for work items is called that', async () => {
    await begin('azure');
    world.boards.newestVersion = '4.1';
    const { error } = await fail('azure', world, remind('azure', 10));
    expect(error).toContain('supports is 4.1');
    expect(error).toContain('Azure DevOps Server 2019 or newer');
    expect(error).not.toContain('work-item-type');
  });

  test('a work item that was found, but is not in the list, is not opened again', async () => {
    await begin('azure', 25);
    world.fault = ({ path }) =>
      path.includes('/workitems?')
        ? { answer: { status: 200, body: '{"count": 0, "value": []}' } }
        : undefined;
    const { error } = await fail('azure', world, remind('azure', 25));
    expect(error).toContain('found the work items 101, but did not return them');
    expect(tickets('azure')).toHaveLength(1);
  });

  test('a work item that is resolved, and not renewed, is opened again on its last day', async () => {
    await begin('azure', 10);
    setState('Resolved');
    expect((await succeed('azure', world, remind('azure', 10))).outputs['ticket-operation']).toBe(
      'unchanged',
    );
    expect((await succeed('azure', world, remind('azure', 0))).outputs['ticket-operation']).toBe('reopened');
    expect(fields()).toMatchObject([{ 'System.State': 'New' }]);
    setState('Resolved');
    await renew('azure');
    expect((await succeed('azure', world, reminder('azure', world))).outputs['ticket-operation']).toBe(
      'closed',
    );
    expect(fields()).toMatchObject([{ 'System.State': 'Closed' }]);
  });

  test('a work item whose state is hidden is closed, and opened again for the next renewal', async () => {
    await begin('azure', 10);
    world.boards.hidden = ['System.State'];
    await renew('azure');
    const on = async (days: number, now?: number) =>
      (await succeed('azure', world, { ...remind('azure', days), ...(now ? { now } : {}) })).outputs[
        'ticket-operation'
      ];
    expect(await on(300)).toBe('closed');
    expect(fields()).toMatchObject([{ 'System.State': 'Closed' }]);
    expect(await on(300)).toBe('unchanged');
    expect(await on(300, Date.parse(daysAfter(inDays(300), -5)))).toBe('reopened');
    expect(fields()).toMatchObject([{ 'System.State': 'New' }]);
  });

  describe('rules', () => {
    test('a field that is required and that nobody gives is named with its type', async () => {
      await begin('azure');
      world.boards.rule = (item) => (item['Acme.CostCenter'] ? undefined : 'Acme.CostCenter');
      for (const more of [{}, { 'ticket-assignees': 'jane@acme.example' }]) {
        const { error, outputs } = await fail('azure', world, remind('azure', 10, more));
        expect(error).toContain('TF401320');
        expect(error).toContain('"Task" has a rule for the field Cost Center (Acme.CostCenter)');
        expect(outputs).toMatchObject({ 'credential-status': 'expiring', 'ticket-operation': 'skipped' });
      }
    });

    test('a rule that refuses to close it', async () => {
      await begin('azure', 10);
      world.boards.rule = (item) => (item['System.State'] === 'Closed' ? 'Acme.Resolution' : undefined);
      await renew('azure');
      const { warnings, outputs } = await succeed('azure', world, reminder('azure', world));
      expect(warnings).toContainEqual(
        expect.stringMatching(/edit\/101 was updated, but it could not be closed\..*Acme\.Resolution/su),
      );
      expect(outputs['ticket-operation']).toBe('updated');
      expect(tickets('azure')).toMatchObject([
        {
          open: true,
          title: expect.stringContaining('Renewed'),
          comments: [expect.stringContaining('Renewed')],
        },
      ]);
      const again = await succeed('azure', world, reminder('azure', world));
      expect(again.outputs['ticket-operation']).toBe('unchanged');
      expect(again.warnings.join()).not.toContain('could not be closed');
    });

    test.each(['Closed', 'Resolved'])('a rule that refuses to open what is %s', async (state) => {
      await begin('azure', 25);
      setState(state);
      world.boards.rule = (item) => (item['System.State'] === 'New' ? 'System.State' : undefined);
      const { warnings, outputs } = await succeed('azure', world, remind('azure', 10));
      expect(warnings).toContainEqual(expect.stringMatching(/could not be reopened\..*System\.State/su));
      expect(outputs['ticket-operation']).toBe('updated');
      expect(tickets('azure')).toMatchObject([{ comments: [expect.stringContaining(inDays(10))] }]);
      expect(fields()).toMatchObject([{ 'System.State': state }]);
    });
  });
});
