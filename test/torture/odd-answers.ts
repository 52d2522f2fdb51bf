import type { Fault } from '../../src/sandbox/sandbox.ts';
import type { World } from '../scenarios/support/world.ts';
import { checkEnd, checkRun } from './checks.ts';
import { virtualClock } from './clocks.ts';
import type { Case, Dimension, Result } from './dimension.ts';
import { runCore } from './run.ts';
import { REPOSITORY, STORIES, type Story } from './stories.ts';

/**
 * Answers of Konnect that do not say what happened: a write that is done and refused, labels that are never shown. And a
 * write that is refused until a time. Each at every kind of write of every story.
 */
export const oddAnswers: Dimension = {
  name: 'odd answers',
  async cases() {
    return STORIES.filter(({ name }) => name !== 'a run with nothing to do').flatMap((story): Case[] => [
      ...WRITES.flatMap((write) =>
        ODDITIES.map(([name, oddity]) => ({
          name: `${story.name}, ${write.name} ${name}`,
          run: () => tryOne(story, oddity(write.is)),
        })),
      ),
      {
        name: `${story.name}, labels never shown`,
        run: () => tryOne({ ...story, inputs: alwaysRotating(story) }, withoutLabels),
      },
    ]);
  },
};

type Request = { method: string; path: string };
type Oddity = (now: () => number) => { fault(request: Request): Fault | undefined; problems?: string[] };

const WRITES = (
  [
    ['the claim or the mark', 'PATCH', /\/integration-instances\/[^/]+$/u],
    ['the removal', 'DELETE', /\/auth-credential$/u],
    ['the credential', 'POST', /\/auth-credential$/u],
    ['the service', 'POST', /\/catalog-services$/u],
    ['the drift', 'PATCH', /\/catalog-services\//u],
    ['the mapping', 'POST', /\/resource-mappings$/u],
  ] as const
).map(([name, method, path]) => ({
  name,
  is: (request: Request) => request.method === method && path.test(request.path),
}));

const ODDITIES: [string, (is: (request: Request) => boolean) => Oddity][] = [
  ...[400, 401, 403, 404, 500].map((status): (typeof ODDITIES)[number] => [
    `done and answered with ${status}`,
    (is) => () => ({ fault: (request) => (is(request) ? { answerAfter: { status } } : undefined) }),
  ]),
  ...[429, 500, 502, 503].map((status): (typeof ODDITIES)[number] => [
    `refused with ${status} for 4 s`,
    (is) => refusedForAWhile(is, status),
  ]),
];

function refusedForAWhile(is: (request: Request) => boolean, status: number): Oddity {
  return (now) => {
    const problems: string[] = [];
    let until: number | undefined;
    return {
      problems,
      fault(request) {
        if (!is(request)) return undefined;
        if (until !== undefined && now() < until) problems.push('it is repeated before the time');
        if (until !== undefined) return undefined;
        until = now() + 4_000;
        return { answer: { status, headers: { 'retry-after': '4' } } };
      },
    };
  };
}

const withoutLabels: Oddity = () => {
  const garble = (text: string) =>
    JSON.stringify(JSON.parse(text), (name, value) => (name === 'labels' ? {} : value));
  return { fault: ({ path }) => (path.startsWith('/v1/integration-instances') ? { garble } : undefined) };
};

const alwaysRotating =
  ({ inputs }: Story): Story['inputs'] =>
  (world) => ({ ...inputs(world), 'rotate-credential': 'always' });

/** Milliseconds that a run may take, and how many requests it may make. */
const LONGEST_RUN = 60_000;
const MOST_REQUESTS = 60;

async function tryOne(story: Story, oddity: Oddity): Promise<Result> {
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  try {
    const { fault, problems = [] } = oddity(clock.now);
    world.fault = fault;
    const before = world.state.credentials.length;
    const state = stateOf(world);
    const start = clock.now();
    const inputs = story.inputs(world);
    const odd = await runCore({ inputs, repository: REPOSITORY, clock });
    const took = clock.now() - start;
    if (took > LONGEST_RUN) problems.push(`it takes ${took / 1000} s`);
    if (world.exchanges.length > MOST_REQUESTS) problems.push(`it makes ${world.exchanges.length} requests`);
    const changed = String(stateOf(world) !== state);
    if (odd.outputs.changed !== changed)
      problems.push(`it says changed=${odd.outputs.changed}, which is not so`);
    problems.push(...checkRun(world, odd, before));
    world.fault = undefined;
    const clean = await runCore({ inputs, repository: REPOSITORY, clock });
    if (!clean.succeeded) problems.push(`the clean run fails: ${clean.said}`);
    problems.push(...checkRun(world, clean, before), ...checkEnd(world, story, clean));
    return { survived: odd.succeeded, problems };
  } finally {
    await world.close();
  }
}

/** What Konnect has stored, without what it found out by itself. */
function stateOf({ state: { instances, credentials, services, mappings } }: World): string {
  return JSON.stringify([instances, credentials, services, mappings], (name, value) =>
    name === 'updated_at' || name === 'tainted' ? undefined : value,
  );
}
