import type { ChildProcess } from 'node:child_process';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { fail, run, succeed } from './support/check.ts';
import { type HostName, type RunOptions, runStep } from './support/runners.ts';
import { seedCredential, seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { stopAsRunnersDo } from './support/signals.ts';
import { createWorld, type World } from './support/world.ts';

/** What is stopped, killed, or answered oddly while the credential is replaced. These wait for seconds, side by side. */

const HOSTS = ['github', 'azure'] as const satisfies HostName[];
const CLAIM = 'catalog-connect-rotation';
const MARK = 'catalog-connect-pat';
const PAGE = 'https://cloud.konghq.com/us/service-catalog/integrations/azure-devops';
const WAITING = 'Another run is replacing the credential';
const THIRD_PAT = 'z3kq7zvx5wrt2phs6ndb4jfg7lcy3aqm5xhz2wkv6rtp4nsb7gdz';
const LONG = 120_000;

interface Connected {
  world: World;
  instance: ReturnType<typeof seedIntegration>['instance'];
  /** The one that is to be replaced. */
  credential: ReturnType<typeof seedIntegration>['credential'];
}

/** A world that an earlier run has connected, with the first PAT. */
async function inWorld(scenario: (connected: Connected) => Promise<void>): Promise<void> {
  const world = await createWorld();
  world.state.pats.set(THIRD_PAT, 'valid');
  try {
    const { instance, credential } = seedIntegration(world);
    seedMapping(world, seedService(world), shopResource(world));
    await scenario({ world, instance, credential });
  } finally {
    await world.close();
  }
}

const given = (pat: string, more: RunOptions['inputs'] = {}): RunOptions => ({
  inputs: { 'azure-devops-pat': pat, ...more },
});

/** The requests of a rotation at which something happens. */
const MOMENTS = {
  claim: ({ method, path }) => method === 'PATCH' && path.includes('/integration-instances/'),
  delete: ({ method }) => method === 'DELETE',
  create: ({ method, path }) => method === 'POST' && path.endsWith('/auth-credential'),
} satisfies Record<string, (request: { method: string; path: string }) => boolean>;
type Moment = keyof typeof MOMENTS;

/** Runs with the second PAT, and does something to the process at the first request of a kind. */
function interrupted(
  world: World,
  moment: Moment,
  interrupt: (child: ChildProcess) => void,
  faults: Partial<Record<Moment, Fault>> = {},
): RunOptions {
  let child: ChildProcess | undefined;
  let times = 0;
  world.fault = (request) => {
    const [, fault] = Object.entries(faults).find(([name]) => MOMENTS[name as Moment](request)) ?? [];
    if (MOMENTS[moment](request) && times++ === 0 && child) interrupt(child);
    return fault;
  };
  return {
    ...given(world.secondPat),
    onStart(started) {
      child = started;
    },
  };
}

const kill = (child: ChildProcess) => child.kill('SIGKILL');

/** The next rotation, which finds nothing in its way. */
async function rotateAgain(host: HostName, world: World, pat: string): Promise<void> {
  world.fault = undefined;
  const { outputs, log } = await succeed(host, world, given(pat));
  expect(outputs).toMatchObject({ 'credential-operation': 'replaced', 'credential-status': 'valid' });
  expect(log).not.toContain(WAITING);
  expect(world.state.credentials).toEqual([expect.objectContaining({ key: pat })]);
}

describe.each(HOSTS)('stopped by the runner, on %s', (host) => {
  test.concurrent.each([
    ['refused', { answer: { status: 403 } }],
    ['throttled', { answer: { status: 429, headers: { 'retry-after': '30' } } }],
    ['not answered', 'never'],
  ] as [string, Fault][])(
    'after the removal, with the create %s: it says that there is no credential, and ends by itself',
    (_, fault) =>
      inWorld(async ({ world, instance }) => {
        const { error, outputs, log } = await fail(
          host,
          world,
          interrupted(world, 'create', stopAsRunnersDo, { create: fault }),
        );
        expect(error).toContain('was removed, but the new one could not be stored');
        expect(error).toContain('the integration has no credential now');
        expect(error).toContain(`Run this step again: it stores the credential. Or paste the PAT at ${PAGE}`);
        expect(log).toContain(
          `If this run is killed before that is done, the integration may have no credential.`,
        );
        expect(outputs).toMatchObject({
          'credential-id': '',
          'credential-operation': 'replaced',
          'credential-status': 'missing',
          changed: 'true',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
        world.fault = undefined;
        const next = await succeed(host, world, given(world.secondPat));
        expect(next.outputs['credential-operation']).toBe('created');
        expect(next.log).not.toContain(WAITING);
      }),
    LONG,
  );

  test.concurrent(
    'while the create waits: one that is accepted in time is finished and noted',
    () =>
      inWorld(async ({ world, instance }) => {
        const options = interrupted(world, 'create', stopAsRunnersDo);
        const { fault } = world;
        let times = 0;
        world.fault = (request) =>
          fault?.(request) ??
          (MOMENTS.create(request) && times++ === 0
            ? { answer: { status: 429, headers: { 'retry-after': '3' } } }
            : undefined);
        const { outputs } = await run(host, world, options);
        expect(outputs).toMatchObject({
          'credential-id': world.state.credentials[0]?.id,
          'credential-operation': 'replaced',
          changed: 'true',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, THIRD_PAT);
      }),
    LONG,
  );

  test.concurrent(
    'while the removal is not answered, which was not done: the old credential stays, and no claim',
    () =>
      inWorld(async ({ world, instance, credential }) => {
        const { error, outputs, log } = await fail(
          host,
          world,
          interrupted(world, 'delete', stopAsRunnersDo, { delete: 'never' }),
        );
        expect(error).toContain('The run was cancelled (SIGINT)');
        expect(log).toContain('The old credential is still there.');
        expect(outputs).toMatchObject({ 'credential-operation': 'skipped', changed: 'false' });
        expect(world.state.credentials).toEqual([credential]);
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, world.secondPat);
      }),
    LONG,
  );

  test.concurrent(
    'while the removal is not answered, which was done: the new credential is stored',
    () =>
      inWorld(async ({ world, instance }) => {
        const { outputs } = await run(
          host,
          world,
          interrupted(world, 'delete', stopAsRunnersDo, { delete: 'never after' }),
        );
        expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
        expect(outputs).toMatchObject({
          'credential-id': world.state.credentials[0]?.id,
          'credential-operation': 'replaced',
          changed: 'true',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, THIRD_PAT);
      }),
    LONG,
  );

  test.concurrent(
    'while nothing is answered after the removal: it ends by itself, and says what may be',
    () =>
      inWorld(async ({ world }) => {
        let silent = false;
        const options = interrupted(world, 'delete', (child) => {
          silent = true;
          stopAsRunnersDo(child);
        });
        const { fault } = world;
        world.fault = (request) => {
          fault?.(request);
          return silent ? 'never after' : undefined;
        };
        const { error, outputs } = await fail(host, world, options);
        expect(error).toContain('the integration may have no credential now');
        expect(error).toContain(`Or paste the PAT at ${PAGE}`);
        expect(outputs.changed).toBe('true');
      }),
    LONG,
  );

  test.concurrent(
    'while the create is not answered, which was done: it is found, noted, and rotated as ever',
    () =>
      inWorld(async ({ world, instance }) => {
        const { outputs } = await run(
          host,
          world,
          interrupted(world, 'create', stopAsRunnersDo, { create: 'never after' }),
        );
        expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
        expect(outputs).toMatchObject({
          'credential-id': world.state.credentials[0]?.id,
          'credential-operation': 'replaced',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, THIRD_PAT);
      }),
    LONG,
  );

  const beforeTheRemoval: [string, Moment, (child: ChildProcess) => void][] = [
    ['while its claim settles', 'claim', (child) => void setTimeout(stopAsRunnersDo, 700, child)],
    ['while its claim is written', 'claim', stopAsRunnersDo],
  ];
  test.concurrent.each(beforeTheRemoval)(
    '%s: nothing is removed, and no claim is left',
    (_, moment, interrupt) =>
      inWorld(async ({ world, instance, credential }) => {
        const { error } = await fail(host, world, interrupted(world, moment, interrupt));
        expect(error).toContain('The run was cancelled (SIGINT). It was still waiting for the credential.');
        expect(world.writes()).not.toContain('DELETE /integration-instances/:id/auth-credential');
        expect(world.state.credentials).toEqual([credential]);
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, world.secondPat);
      }),
    LONG,
  );

  test.concurrent(
    'right before the removal: it is not begun, and no claim is left',
    () =>
      inWorld(async ({ world, instance, credential }) => {
        let child: ChildProcess | undefined;
        let claimed = false;
        world.fault = (request) => {
          if (MOMENTS.claim(request)) claimed = true;
          if (!claimed || !request.path.endsWith('/auth-credential') || !child) return undefined;
          stopAsRunnersDo(child);
          return 'never';
        };
        await fail(host, world, {
          ...given(world.secondPat),
          onStart(started) {
            child = started;
          },
        });
        expect(world.state.credentials).toEqual([credential]);
        expect(instance.labels[CLAIM]).toBeUndefined();
        await rotateAgain(host, world, world.secondPat);
      }),
    LONG,
  );

  test.concurrent(
    "while it waits for another run: that one's claim stays",
    () =>
      inWorld(async ({ world, instance }) => {
        instance.labels[CLAIM] = 'another';
        let child: ChildProcess | undefined;
        const { error } = await fail(host, world, {
          ...given(world.secondPat),
          onStart(started) {
            child = started;
            started.stdout?.on('data', (text) => {
              if (String(text).includes(WAITING) && child) stopAsRunnersDo(child);
            });
          },
        });
        expect(error).toContain('The run was cancelled (SIGINT)');
        expect(instance.labels[CLAIM]).toBe('another');
        expect(world.writes()).toEqual([]);
      }),
    LONG,
  );
});

describe.each(HOSTS)('after a run that was stopped or killed, on %s', (host) => {
  const interruptions: [string, (child: ChildProcess) => void][] = [
    ['stopped', (child) => void setTimeout(stopAsRunnersDo, 700, child)],
    ['killed', kill],
  ];
  test.concurrent.each(interruptions)(
    '(%s) a credential that a person stored is not taken for its own',
    (_, interrupt) =>
      inWorld(async ({ world, instance }) => {
        await runStep(host, world, interrupted(world, 'claim', interrupt));
        world.fault = undefined;
        world.state.credentials = [];
        const theirs = seedCredential(world, instance, world.pat, false);
        Object.assign(theirs, { created_at: new Date().toISOString() });
        const { outputs } = await succeed(host, world, given(THIRD_PAT));
        expect(outputs).toMatchObject({
          'credential-id': theirs.id,
          'credential-operation': 'unchanged',
        });
      }),
    LONG,
  );

  test.concurrent(
    'its claim is waited for no longer than a run of one minute has',
    () =>
      inWorld(async ({ world }) => {
        await runStep(host, world, interrupted(world, 'claim', kill));
        world.fault = undefined;
        const start = Date.now();
        const { outputs, log } = await succeed(
          host,
          world,
          given(world.secondPat, { 'timeout-minutes': '1' }),
        );
        expect(Date.now() - start).toBeLessThan(44_000);
        expect(log).toContain(WAITING);
        expect(outputs['credential-operation']).toBe('replaced');
      }),
    LONG,
  );

  test.concurrent(
    'which had stored its credential, that is recognised, marked, and rotated as ever',
    () =>
      inWorld(async ({ world, instance }) => {
        await runStep(host, world, interrupted(world, 'create', kill));
        world.fault = undefined;
        const [stored] = world.state.credentials;
        expect(stored?.key).toBe(world.secondPat);
        expect(instance.labels[CLAIM]).toBeDefined();
        const plan = await succeed(host, world, given(world.secondPat, { command: 'plan' }));
        expect(plan.outputs['credential-operation']).toBe('updated');
        const { outputs } = await succeed(host, world, given(world.secondPat));
        expect(outputs).toMatchObject({
          'credential-id': stored?.id,
          'credential-operation': 'updated',
          changed: 'true',
        });
        expect(instance.labels).toEqual({ [MARK]: expect.stringMatching(/^\w+\.\w+$/u) });
        const third = await succeed(host, world, given(world.secondPat));
        expect(third.outputs).toMatchObject({ 'credential-operation': 'unchanged', changed: 'false' });
        await rotateAgain(host, world, THIRD_PAT);
      }),
    LONG,
  );
});

/** One in the place of an answer, on each host; its siblings, which differ by nothing of the host, on one. */
const onHosts = <T extends unknown[]>(first: T, ...others: T[]): [HostName, ...T][] => [
  ...HOSTS.map((host): [HostName, ...T] => [host, ...first]),
  ...others.map((one): [HostName, ...T] => ['github', ...one]),
];

describe('odd answers', () => {
  test.concurrent.each(onHosts([]))(
    'labels that are accepted and never shown are an error that names the label (%s)',
    (host) =>
      inWorld(async ({ world, instance, credential }) => {
        world.lawful = false;
        const withoutLabels = (text: string) =>
          JSON.stringify(JSON.parse(text), (name, value) => (name === 'labels' ? {} : value));
        world.fault = ({ path }) =>
          path.includes('/integration-instances') ? { garble: withoutLabels } : undefined;
        const start = Date.now();
        const { error } = await fail(host, world, given(world.pat, { 'rotate-credential': 'always' }));
        expect(Date.now() - start).toBeLessThan(22_000);
        expect(error).toContain(`accepted the label ${CLAIM}, but does not show it`);
        expect(world.catalogExchanges().length).toBeLessThan(40);
        expect(world.state.credentials).toEqual([credential]);
        expect(instance.labels[CLAIM]).toBeUndefined();
      }),
    LONG,
  );

  type Kind = (request: { method: string; path: string }) => boolean;
  const service: Kind = ({ method, path }) => method === 'POST' && path === '/v1/catalog-services';
  const mapping: Kind = ({ method, path }) => method === 'POST' && path === '/v1/resource-mappings';
  test.concurrent.each(
    onHosts<[string, number, string, Kind]>(
      ['service', 503, 'seconds', service],
      ['mapping', 500, 'date', mapping],
      ['claim', 503, 'seconds', MOMENTS.claim],
      ['removal', 502, 'date', MOMENTS.delete],
      ['create', 429, 'seconds', MOMENTS.create],
      ['create', 503, 'date', MOMENTS.create],
    ),
  )(
    '(%s) a write (%s) that is refused with %d and Retry-After (%s) is not repeated before',
    (host, _, status, form, isIt) =>
      inWorld(async ({ world }) => {
        world.state.services = [];
        world.state.mappings = [];
        let until: number | undefined;
        const early: string[] = [];
        world.fault = (request) => {
          if (!isIt(request)) return undefined;
          if (until !== undefined) {
            if (Date.now() < until) early.push(request.path);
            return undefined;
          }
          // A date has whole seconds.
          until = Math.ceil(Date.now() / 1000) * 1000 + 2_000;
          const header =
            form === 'date' ? new Date(until).toUTCString() : String(Math.ceil((until - Date.now()) / 1000));
          return { answer: { status, headers: { 'retry-after': header } } };
        };
        await succeed(host, world, given(world.secondPat));
        expect(early).toEqual([]);
        expect(until).toBeDefined();
      }),
    LONG,
  );

  test.concurrent(
    'a write that is not to be repeated for days is looked after, and left to people',
    () =>
      inWorld(async ({ world }) => {
        world.state.services = [];
        world.state.mappings = [];
        world.fault = ({ method }) =>
          method === 'POST' ? { answer: { status: 503, headers: { 'retry-after': '259200' } } } : undefined;
        const { error } = await fail('github', world, given(world.pat));
        expect(error).toContain('Retry-After: 259200');
        expect(world.writes()).toEqual(['POST /catalog-services']);
      }),
    LONG,
  );

  test.concurrent.each(onHosts([403], [400], [401], [404], [409], [500]))(
    '(%s) a removal that was done and answered with %d is one',
    (host, status) =>
      inWorld(async ({ world, instance, credential }) => {
        world.fault = (request) => (MOMENTS.delete(request) ? { answerAfter: { status } } : undefined);
        const { outputs } = await succeed(host, world, given(world.secondPat));
        expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
        expect(world.state.credentials[0]?.id).not.toBe(credential.id);
        expect(outputs).toMatchObject({
          'credential-id': world.state.credentials[0]?.id,
          'credential-operation': 'replaced',
          'credential-status': 'valid',
          changed: 'true',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
      }),
    LONG,
  );

  test.concurrent.each(onHosts([403], [400], [401]))(
    '(%s) a removal that was refused with %d, and not done, leaves the credential and no claim',
    (host, status) =>
      inWorld(async ({ world, instance, credential }) => {
        world.fault = (request) => (MOMENTS.delete(request) ? { answer: { status } } : undefined);
        const { error, outputs } = await fail(host, world, given(world.secondPat));
        expect(error).toContain(`status ${status}`);
        expect(outputs).toMatchObject({ 'credential-operation': 'skipped', changed: 'false' });
        expect(world.state.credentials).toEqual([credential]);
        expect(instance.labels[CLAIM]).toBeUndefined();
      }),
    LONG,
  );

  test.concurrent.each(onHosts([]))(
    '(%s) a removal that was done and refused, without a new credential: it is missing, and said so',
    (host) =>
      inWorld(async ({ world, instance }) => {
        world.fault = (request) => {
          if (MOMENTS.delete(request)) return { answerAfter: { status: 403 } };
          return MOMENTS.create(request) ? { answer: { status: 400 } } : undefined;
        };
        const { error, outputs } = await fail(host, world, given(world.secondPat));
        expect(error).toContain('the integration has no credential now');
        expect(outputs).toMatchObject({
          'credential-id': '',
          'credential-operation': 'replaced',
          'credential-status': 'missing',
          changed: 'true',
        });
        expect(instance.labels[CLAIM]).toBeUndefined();
      }),
    LONG,
  );

  test.concurrent.each(onHosts([403], [400], [404]))(
    '(%s) writes that were done and answered with %d are told as done',
    (host, status) =>
      inWorld(async ({ world }) => {
        world.state.services = [];
        world.state.mappings = [];
        world.fault = ({ method, path }) =>
          method === 'POST' && path.startsWith('/v1/') ? { answerAfter: { status } } : undefined;
        const { outputs } = await succeed(host, world, given(world.secondPat));
        const { credentials, services, mappings } = world.state;
        expect([credentials.length, services.length, mappings.length]).toEqual([1, 1, 1]);
        expect(outputs).toMatchObject({
          'credential-id': credentials[0]?.id,
          'credential-operation': 'replaced',
          'service-operation': 'created',
          'mapping-operation': 'created',
          changed: 'true',
        });
      }),
    LONG,
  );
});

test(
  'with the time that an Azure Pipelines agent is told to give, a replacement is finished in it',
  () =>
    inWorld(async ({ world }) => {
      const options = interrupted(world, 'create', (child) => child.kill('SIGINT'));
      const { fault } = world;
      let times = 0;
      world.fault = (request) =>
        fault?.(request) ??
        (MOMENTS.create(request) && times++ === 0
          ? { answer: { status: 429, headers: { 'retry-after': '8' } } }
          : undefined);
      const { outputs } = await run('azure', world, {
        ...options,
        environment: { PROCESS_SIGINT_TIMEOUT: '60000' },
      });
      expect(outputs['credential-operation']).toBe('replaced');
      expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
    }),
  LONG,
);
