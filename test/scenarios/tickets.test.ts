import { randomUUID } from 'node:crypto';
import { dayOf } from '../../src/dates.ts';
import { fail, succeed } from './support/check.ts';
import type { HostName } from './support/runners.ts';
import { seedIntegration } from './support/seeds.ts';
import { inDays, reminder, ticketsOf } from './support/tickets.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

const remind = (host: HostName, inputs: Record<string, string> = {}) => reminder(host, world, inputs);
const tickets = (host: HostName) => ticketsOf(host, world);

function closeByHand(host: HostName) {
  for (const issue of world.github.issues) issue.state = 'closed';
  for (const item of world.boards.items) item.fields['System.State'] = 'Closed';
  return tickets(host);
}

const writes = () =>
  world.exchanges.filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/v1/') && !path.includes('/wiql'),
  );

describe.each(['github', 'azure'] as const)('on %s', (host) => {
  const people = host === 'github' ? 'octocat' : 'jane@acme.example';

  test('a year of weekly reminders makes one ticket, a comment at each threshold, and one close', async () => {
    const start = Date.parse('2027-03-01T06:00:00Z');
    let now = start;
    world = await createWorld({ now: () => now });
    const register = (inputs: Record<string, string>) => succeed(host, world, { inputs, now });
    await register({ 'pat-expires-on': '2028-02-21' });
    const operations: string[] = [];
    const weeks = async (count: number) => {
      for (let week = 0; week < count; week++) {
        now += 7 * 86_400_000;
        const { outputs } = await succeed(host, world, { ...remind(host), now });
        operations.push(outputs['ticket-operation'] ?? '');
      }
    };
    await weeks(51);
    expect(dayOf(now)).toBe('2028-02-21');
    expect(operations).toEqual([
      ...Array(46).fill('skipped'),
      'created',
      'unchanged',
      'updated',
      'updated',
      'updated',
    ]);
    await register({ 'azure-devops-pat': world.secondPat, 'pat-expires-on': '2029-02-15' });
    await weeks(2);
    expect(operations.slice(51)).toEqual(['closed', 'unchanged']);
    const [ticket, ...others] = tickets(host);
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({
      open: false,
      title: 'Renewed: the Azure DevOps PAT of acme, until 2029-02-15',
    });
    expect(ticket?.comments.map((text) => /days? (?:is|are) left|last day|Renewed/u.exec(text)?.[0])).toEqual(
      ['days are left', 'days are left', 'last day', 'Renewed'],
    );

    now = Date.parse('2029-01-17T06:00:00Z');
    await weeks(1);
    expect(operations.at(-1)).toBe('reopened');
    expect(tickets(host)).toMatchObject([{ open: true, title: expect.stringContaining('2029-02-15') }]);
    expect(tickets(host)[0]?.comments).toHaveLength(5);
  }, 120_000);

  test('the ticket says everything that is needed, and is as it was asked for', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    const { outputs, log } = await succeed(
      host,
      world,
      remind(host, {
        'pat-expires-on': inDays(10),
        'ticket-assignees': people,
        'ticket-labels': 'security, catalog',
      }),
    );
    const [ticket] = tickets(host);
    expect(ticket).toMatchObject({
      title: `Renew the Azure DevOps PAT of acme: it ends on ${inDays(10)}`,
      assignees: people,
      labels: expect.arrayContaining(['security', 'catalog']),
    });
    for (const part of [
      instance.name,
      world.url,
      `${world.azureDevOpsUrl}/acme/_usersSettings/tokens`,
      host === 'github' ? 'secret of azure-devops-pat' : 'secret of azureDevopsPat',
      host === 'github' ? 'actions/runs/1658821493' : '_build/results?buildId=4711',
      'Code: Read',
      'command: register',
    ])
      expect(ticket?.body).toContain(part);
    expect(outputs['ticket-url']).toMatch(host === 'github' ? /issues\/1$/u : /_workitems\/edit\/101$/u);
    expect(log).toContain('ticket       created');
  });

  test('a ticket that a person closed stays closed until the next threshold', async () => {
    world = await createWorld();
    seedIntegration(world);
    const on = (days: number) => succeed(host, world, remind(host, { 'pat-expires-on': inDays(days) }));
    await on(25);
    closeByHand(host);
    expect((await on(25)).outputs['ticket-operation']).toBe('unchanged');
    expect(tickets(host)).toMatchObject([{ open: false, comments: [] }]);
    expect((await on(14)).outputs['ticket-operation']).toBe('reopened');
    expect(tickets(host)).toMatchObject([{ open: true, comments: [expect.stringContaining('14 days')] }]);
  });

  test('a PAT that ended fails the step, after the ticket is there', async () => {
    world = await createWorld();
    seedIntegration(world);
    const ended = remind(host, { 'pat-expires-on': inDays(-1) });
    const { error, outputs } = await fail(host, world, ended);
    expect(error).toContain('ended on');
    expect(outputs['ticket-operation']).toBe('created');
    expect(tickets(host)[0]?.title).toContain(`it ended on ${inDays(-1)}`);
  });

  test('a plan says what would be done with the ticket, and does nothing', async () => {
    world = await createWorld();
    seedIntegration(world);
    const plan = { command: 'plan', repository: 'acme/shop/Checkout API', 'azure-devops-pat': world.pat };
    const inputs = { 'pat-expires-on': inDays(10), ...plan };
    const { outputs, log } = await succeed(host, world, remind(host, inputs));
    expect(outputs).toMatchObject({ 'ticket-operation': 'created', 'ticket-url': '' });
    expect(log).toContain('Renew the Azure DevOps PAT of acme');
    expect(writes()).toEqual([]);
  });

  test('schedules that run at once keep one ticket, and say a thing once', async () => {
    world = await createWorld({ latency: 20 });
    seedIntegration(world);
    const all = (days: number) =>
      Promise.all(
        Array.from({ length: 6 }, () =>
          succeed(host, world, remind(host, { 'pat-expires-on': inDays(days) })),
        ),
      );
    await all(25);
    expect(tickets(host).filter(({ open }) => open)).toHaveLength(1);
    await all(14);
    const [ticket, ...others] = tickets(host);
    expect(ticket?.comments).toHaveLength(1);
    expect(others.filter(({ open }) => open)).toEqual([]);
  });

  test.each(['reset after', 'reset before'] as const)('no answer to any write: %s', async (kind) => {
    world = await createWorld();
    seedIntegration(world);
    for (const days of [25, 14]) {
      const failed = new Set<string>();
      world.fault = ({ method, path }) => {
        const write = method !== 'GET' && !path.startsWith('/v1/') && !path.includes('/wiql');
        if (!write || failed.has(method + path)) return undefined;
        failed.add(method + path);
        return kind;
      };
      await succeed(host, world, remind(host, { 'pat-expires-on': inDays(days) }));
      expect(failed.size).toBeGreaterThan(0);
    }
    expect(tickets(host)).toMatchObject([{ open: true, comments: [expect.stringContaining('14 days')] }]);
  });

  test('a server that throttles is waited for', async () => {
    world = await createWorld();
    seedIntegration(world);
    const left = new Map([
      ['GET', 1],
      ['POST', 1],
    ]);
    const status = host === 'github' ? 403 : 429;
    world.fault = ({ method, path }) => {
      const count = left.get(method) ?? 0;
      if (path.startsWith('/v1/') || count === 0) return undefined;
      left.set(method, count - 1);
      const body = JSON.stringify({ message: 'You have exceeded a secondary rate limit.' });
      return { answer: { status, headers: { 'retry-after': '1' }, body } };
    };
    await succeed(host, world, remind(host, { 'pat-expires-on': inDays(10) }));
    expect(tickets(host)).toHaveLength(1);
  });

  test('what a server says stays text, in the ticket and in the log', async () => {
    world = await createWorld();
    const hostile = '@acme/all #1 <img src=x onerror=alert(1)> ##vso[task.complete] [a](javascript:1)';
    seedIntegration(world, { name: hostile });
    world.lawful = false;
    world.fault = ({ path }) =>
      path.includes('_apis/git')
        ? {
            answer: {
              status: 401,
              headers: { 'x-tfs-serviceerror': encodeURIComponent(`${hostile} ${world.pat}`) },
            },
          }
        : undefined;
    const given = remind(host, { 'azure-devops-pat': world.pat, 'fail-on': 'none' });
    await succeed(host, world, { ...given, flagged: true });
    const [ticket] = tickets(host);
    expect(ticket?.body).not.toContain('<img');
    expect(ticket?.body.replace(/<code>.*?<\/code>/gu, '')).not.toMatch(/@acme|#1[^0-9;]/u);
    expect(`${ticket?.title}${ticket?.body}`).not.toContain(world.pat);
  });

  test('a token without the right is an error that names the right', async () => {
    world = await createWorld();
    seedIntegration(world);
    world.github.tokens.set(world.gitHubToken, 'read');
    world.boards.secrets.set(world.jobToken, 'read');
    const { error, outputs } = await fail(host, world, remind(host, { 'pat-expires-on': inDays(10) }));
    expect(error).toContain('status 403');
    expect(error).toContain(host === 'github' ? '"issues: write"' : '"Edit work items in this node"');
    expect(outputs).toMatchObject({ 'ticket-operation': 'skipped', 'credential-status': 'expiring' });
    world.github.tokens.clear();
    world.boards.secrets.clear();
    const refused = await fail(host, world, remind(host, { 'pat-expires-on': inDays(10) }));
    expect(refused.error).toContain('status 401');
  });

  test('the ticket is there also when nobody can be assigned', async () => {
    world = await createWorld();
    seedIntegration(world);
    const inputs = { 'pat-expires-on': inDays(10), 'ticket-assignees': 'nobody' };
    const { warnings } = await succeed(host, world, remind(host, inputs));
    expect(warnings).toContainEqual(expect.stringContaining('not assigned as ticket-assignees says'));
    expect(tickets(host)).toMatchObject([{ open: true, assignees: '' }]);
  });

  test('what was broken once does not silence the reminder, after a person closed the ticket', async () => {
    world = await createWorld();
    const { credential } = seedIntegration(world);
    credential.tainted = true;
    const on = (days: number) =>
      succeed(host, world, {
        ...remind(host, { 'pat-expires-on': inDays(days), 'fail-on': 'none' }),
        flagged: credential.tainted,
      });
    expect((await on(100)).outputs['ticket-operation']).toBe('created');
    closeByHand(host);
    credential.tainted = false;
    credential.id = randomUUID();
    // Another credential is another matter.
    expect((await on(25)).outputs['ticket-operation']).toBe('reopened');
    expect((await on(14)).outputs['ticket-operation']).toBe('updated');
    expect(tickets(host)).toMatchObject([{ open: true, title: expect.stringContaining('it ends on') }]);
  });

  test('what works again is not called renewed, and what was refused does not work because it was not tried', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    await succeed(host, world, { inputs: { 'pat-expires-on': inDays(200) } });
    expect(instance.labels).toHaveProperty('catalog-connect-pat-expires-on');
    const withPat = remind(host, { 'azure-devops-pat': world.pat, 'fail-on': 'none' });
    const refusedWith = (status: number) => {
      world.fault = ({ path }) => (path.includes('_apis/git') ? { answer: { status } } : undefined);
    };
    refusedWith(401);
    await succeed(host, world, { ...withPat, flagged: true });
    refusedWith(403);
    expect((await succeed(host, world, withPat)).outputs['ticket-operation']).toBe('unchanged');
    expect((await succeed(host, world, remind(host))).outputs['ticket-operation']).toBe('unchanged');
    world.fault = undefined;
    expect((await succeed(host, world, withPat)).outputs['ticket-operation']).toBe('closed');
    const [ticket] = tickets(host);
    expect(ticket?.title).toBe(`Works again: the Azure DevOps PAT of acme, until ${inDays(200)}`);
    expect(ticket?.comments).toEqual([expect.stringContaining('Works again: ')]);
  });

  test('labels that somebody dropped are no renewal', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    await succeed(host, world, remind(host, { 'pat-expires-on': inDays(10) }));
    instance.labels = {};
    expect((await succeed(host, world, remind(host))).outputs['ticket-operation']).toBe('unchanged');
  });

  test('a rotation that did not happen is not called one', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    instance.labels = {};
    const created = await succeed(host, world, remind(host, { 'pat-expires-on': inDays(10) }));
    expect(created.outputs['ticket-operation']).toBe('created');
    expect(tickets(host)[0]?.body).toContain(
      'rotate-credential: always'.replace(
        'rotate-credential',
        host === 'azure' ? 'rotateCredential' : 'rotate-credential',
      ),
    );
    const renewed = { 'azure-devops-pat': world.secondPat, 'pat-expires-on': inDays(300) };
    // It was made by hand, so it is left alone.
    const { warnings } = await succeed(host, world, { inputs: renewed });
    expect(warnings).toEqual([expect.stringContaining('run the step once with rotate-credential: always')]);
    const after = await succeed(host, world, remind(host, renewed));
    expect(after.outputs['ticket-operation']).toBe('unchanged');
    await succeed(host, world, { inputs: { ...renewed, 'rotate-credential': 'always' } });
    expect((await succeed(host, world, remind(host))).outputs['ticket-operation']).toBe('closed');
  });
});

test('on GitHub: issues of other things, pull requests and many pages are no matter', async () => {
  world = await createWorld();
  seedIntegration(world);
  const other = {
    title: 'Another',
    body: 'catalog-connect-000000000000.30..',
    state: 'open' as const,
    labels: ['catalog-connect'],
    assignees: [],
    comments: [],
    pull: false,
  };
  for (let number = 1; number <= 7; number++)
    world.github.issues.push({ ...other, number, pull: number % 2 === 0 });
  const run = () => succeed('github', world, remind('github', { 'pat-expires-on': inDays(10) }));
  expect((await run()).outputs['ticket-operation']).toBe('created');
  for (let number = 9; number <= 15; number++) world.github.issues.push({ ...other, number });
  expect((await run()).outputs['ticket-operation']).toBe('unchanged');
  expect(world.github.issues).toHaveLength(15);
});

test('on GitHub: a repository without issues', async () => {
  world = await createWorld();
  seedIntegration(world);
  world.github.hasIssues = false;
  const { error } = await fail('github', world, remind('github', { 'pat-expires-on': inDays(10) }));
  expect(error).toContain('Issues are turned off');
});

test('on Azure: a type that the process does not have', async () => {
  world = await createWorld();
  seedIntegration(world);
  const inputs = { 'pat-expires-on': inDays(10), 'work-item-type': 'Issue' };
  const { error } = await fail('azure', world, remind('azure', inputs));
  expect(error).toContain('VS402323');
  expect(error).toContain('Check that the project has the work item type "Issue" (work-item-type)');
});

test('on Azure: a sign-in page in the place of an answer', async () => {
  world = await createWorld();
  seedIntegration(world);
  const page = { status: 203, headers: { 'content-type': 'text/html' }, body: '<html>Sign In</html>' };
  world.fault = ({ path }) => (path.includes('_apis/wit') ? { answer: page } : undefined);
  const { error } = await fail('azure', world, remind('azure', { 'pat-expires-on': inDays(10) }));
  expect(error).toContain('status 203');
  expect(error).toContain('The token is not valid here');
});

test('on a laptop there is no place for a ticket', async () => {
  world = await createWorld();
  seedIntegration(world);
  const { error } = await fail('local', world, remind('local', { 'pat-expires-on': inDays(10) }));
  expect(error).toContain('There is no place for a ticket here');
});
