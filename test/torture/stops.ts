import type { Clock } from '../../src/clock.ts';
import { Failure } from '../../src/errors.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import type { World } from '../scenarios/support/world.ts';
import { checkEnd, checkRun } from './checks.ts';
import { virtualClock } from './clocks.ts';
import type { Case, Dimension, Result } from './dimension.ts';
import { type CoreRun, runCore } from './run.ts';
import { countRequests, REPOSITORY, STORIES, type Story } from './stories.ts';

/**
 * A run that is stopped as GitHub's and Azure's runners do it (SIGINT, 7.5 s later SIGTERM, killed 2.5 s after that), or
 * killed at once: at every request and in every wait of a rotation, while the removal or the storing of the credential
 * works, is refused, is not answered, or is done and not answered. Then a clean run, and one with a third PAT.
 */
export const stops: Dimension = {
  name: 'stops',
  async cases() {
    const moments = [
      ...numbered(await countRequests(ROTATION)).map((number): Moment => ({ at: 'request', number })),
      ...numbered(WAITS).map((number): Moment => ({ at: 'wait', number })),
    ];
    const cases: Case[] = [];
    for (const stop of ['stopped', 'killed'] as const)
      for (const [method, fault, how] of stop === 'stopped' ? HINDRANCES : HINDRANCES.slice(0, 1))
        for (const moment of moments)
          cases.push({
            name: `${stop} at ${moment.at} ${moment.number}, ${method ? `${method} ${how}` : how}`,
            run: () => tryOne(stop, moment, method, fault),
          });
    return cases;
  },
};

interface Moment {
  at: 'request' | 'wait';
  number: number;
}

type Hindrance = [method: 'DELETE' | 'POST' | undefined, fault: Fault | undefined, how: string];

const HINDRANCES: Hindrance[] = [
  [undefined, undefined, 'nothing else'],
  ...(['DELETE', 'POST'] as const).flatMap((method): Hindrance[] => [
    [method, { answer: { status: 403 } }, 'refused'],
    [method, { answer: { status: 429, headers: { 'retry-after': '30' } } }, 'throttled'],
    [method, 'never', 'never answered'],
    [method, 'never after', 'done and never answered'],
    [method, { answerAfter: { status: 403 } }, 'done and refused'],
  ]),
];

const ROTATION = STORIES.find(({ name }) => name === 'a rotation') as Story;
/** The claim settles; the rest is there only while something is refused. */
const WAITS = 4;
const THIRD_PAT = 'z3kq7zvx5wrt2phs6ndb4jfg7lcy3aqm5xhz2wkv6rtp4nsb7gdz';

/** Milliseconds from the first signal to the kill; what the next run may take, and with the claim of a dead one. */
const KILLED = 10_000;
const NEXT_RUN = 10_000;
const NEXT_RUN_AFTER_KILL = 44_000;

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

async function tryOne(
  stop: 'stopped' | 'killed',
  moment: Moment,
  method: Hindrance[0],
  fault: Hindrance[1],
): Promise<Result> {
  const clock = virtualClock();
  const world = await ROTATION.build({ now: clock.now });
  world.state.pats.set(THIRD_PAT, 'valid');
  try {
    const { run, problems } = await runStopped(world, clock, stop, moment, (request) =>
      request.method === method && request.path.endsWith('/auth-credential') ? fault : undefined,
    );
    if (run) problems.push(...checkRun(world, run, 1), ...claimsOf(world));
    world.fault = undefined;
    const longest = run ? NEXT_RUN : NEXT_RUN_AFTER_KILL;
    const inputs = ROTATION.inputs(world);
    const clean = await runClean(world, clock, inputs, longest, problems);
    problems.push(...checkEnd(world, ROTATION, clean), ...claimsOf(world));
    await runClean(world, clock, { ...inputs, 'azure-devops-pat': THIRD_PAT }, NEXT_RUN, problems);
    if (world.state.credentials[0]?.key !== THIRD_PAT) problems.push('a third PAT is not stored');
    return { survived: run?.succeeded ?? false, problems };
  } finally {
    await world.close();
  }
}

/** @returns no run where it was killed: it says nothing any more */
async function runStopped(
  world: World,
  clock: Clock,
  stop: 'stopped' | 'killed',
  moment: Moment,
  faultOf: (request: { method: string; path: string }) => Fault | undefined,
): Promise<{ run: CoreRun | undefined; problems: string[] }> {
  const cancelling = new AbortController();
  let stoppedAt: number | undefined;
  const stopNow = () => {
    stoppedAt = clock.now();
    if (stop === 'stopped') cancelling.abort(new Failure('The run was cancelled (SIGINT).'));
  };
  let requests = 0;
  world.fault = (request) => {
    requests += 1;
    if (moment.at !== 'request' || requests !== moment.number) return faultOf(request);
    stopNow();
    return stop === 'killed' ? 'reset after' : faultOf(request);
  };
  let waits = 0;
  const run = await runCore({
    inputs: ROTATION.inputs(world),
    repository: REPOSITORY,
    clock: {
      ...clock,
      sleep(milliseconds, signal) {
        waits += 1;
        if (moment.at === 'wait' && waits === moment.number) clock.after(milliseconds / 2, stopNow);
        return clock.sleep(milliseconds, signal);
      },
    },
    cancelled: cancelling.signal,
    // Who is dead sends nothing any more.
    proxyFor: () => (stop === 'killed' && stoppedAt !== undefined ? 'http://127.0.0.1:9' : undefined),
  });
  if (stoppedAt === undefined) return { run, problems: [] };
  if (stop === 'killed') return { run: undefined, problems: [] };
  const took = clock.now() - stoppedAt;
  return {
    run,
    problems: took < KILLED ? [] : [`it would have been killed: it goes on for ${took / 1000} s`],
  };
}

async function runClean(
  world: World,
  clock: Clock,
  inputs: ReturnType<Story['inputs']>,
  longest: number,
  problems: string[],
): Promise<CoreRun> {
  const start = clock.now();
  const before = world.state.credentials.length;
  const run = await runCore({ inputs, repository: REPOSITORY, clock });
  const took = clock.now() - start;
  if (took > longest) problems.push(`a clean run takes ${took / 1000} s`);
  if (!run.succeeded) problems.push(`a clean run fails: ${run.said}`);
  problems.push(...checkRun(world, run, before));
  return run;
}

function claimsOf({ state }: World): string[] {
  return state.instances.some(({ labels }) => 'catalog-connect-rotation' in labels)
    ? ['a claim is left']
    : [];
}
