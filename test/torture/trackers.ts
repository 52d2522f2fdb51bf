import type { Clock } from '../../src/clock.ts';
import { dayOf, daysAfter } from '../../src/dates.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import type { TicketPlace } from '../../src/tickets/tracker.ts';
import { seedIntegration } from '../scenarios/support/seeds.ts';
import { ticketsOf } from '../scenarios/support/tickets.ts';
import { createWorld, ON_GITHUB, ORGANIZATION, SHOP, type World } from '../scenarios/support/world.ts';
import { virtualClock } from './clocks.ts';
import type { Tally } from './dimension.ts';
import { type CoreRun, runCore } from './run.ts';
import { REPOSITORY } from './stories.ts';

type HostName = 'github' | 'azure';

/** What a reminder comes to do: the days that were left of the PAT, and are. */
const TASKS = [
  { name: 'opens a ticket', left: 10 },
  { name: 'updates a ticket', before: 25, left: 10 },
  { name: 'closes a ticket', before: 25, left: 300 },
] as const;
type Task = (typeof TASKS)[number];

const BODIES = [
  '',
  'maintenance',
  '<!DOCTYPE html><title>Sign in</title>',
  '7',
  'true',
  'null',
  '"[]"',
  '{}',
  '{"message": "Moved", "id": null}',
  '[null]',
  '[[]]',
  '[{"id": 1}]',
  '{"value": [null], "workItems": [null], "fields": [null]}',
  '{"value": {}, "workItems": {}, "fields": {}, "id": 9007199254740993}',
];

/** Answers in the place of the true ones, and in the place of the answer alone: the request was acted on. */
const ODD_ANSWERS: { name: string; fault: Fault }[] = [
  ...BODIES.flatMap((body) => [
    { name: `200 with ${body}`, fault: { answer: { status: 200, body } } },
    { name: `acted on, with ${body}`, fault: { garble: () => body } },
  ]),
  ...[204, 205, 301, 304, 308, 403, 404, 409, 410, 412, 422, 451, 599].map((status) => ({
    name: `${status} with null`,
    fault: { answer: { status, body: 'null' } },
  })),
  {
    name: 'bytes',
    fault: {
      answer: { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: '[\u0000' },
    },
  },
];

/**
 * Every odd answer at every request to a tracker, each followed by one clean run.
 *
 * @param pick which of the combinations to try, by a running number
 */
export async function oddTrackers(pick: (combination: number) => boolean): Promise<Tally> {
  const tally: Tally = { tried: 0, inPlace: 0, byNext: 0, failures: [] };
  let combination = 0;
  for (const host of ['github', 'azure'] as const)
    for (const task of TASKS) {
      const requests = await tryOne(host, task, undefined, 0);
      tally.failures.push(...requests.problems.map((problem) => `${host}, ${task.name}: ${problem}`));
      for (const odd of ODD_ANSWERS)
        for (let position = 1; position <= requests.count; position++) {
          if (!pick(combination++)) continue;
          tally.tried += 1;
          const { survived, problems } = await tryOne(host, task, odd.fault, position);
          tally.failures.push(
            ...problems.map(
              (problem) => `${host}, ${task.name}, ${odd.name} at request ${position}: ${problem}`,
            ),
          );
          if (survived) tally.inPlace += 1;
          else tally.byNext += 1;
        }
    }
  return tally;
}

async function tryOne(
  host: HostName,
  task: Task,
  fault: Fault | undefined,
  position: number,
): Promise<{ count: number; survived: boolean; problems: string[] }> {
  const clock = virtualClock();
  const world = await createWorld({ now: clock.now });
  try {
    seedIntegration(world);
    if ('before' in task) await remind(host, world, clock, task.before);
    let count = 0;
    world.fault = ({ path }) => {
      if (path.startsWith('/v1/')) return undefined;
      count += 1;
      return count === position ? fault : undefined;
    };
    const troubled = await remind(host, world, clock, task.left);
    world.fault = undefined;
    const problems = check(host, world, troubled, task);
    const clean = await remind(host, world, clock, task.left);
    if (!clean.succeeded) problems.push(`the clean run fails: ${clean.said}`);
    problems.push(...check(host, world, clean, task));
    const open = ticketsOf(host, world).filter((ticket) => ticket.open).length;
    if (open !== (task.left === 300 ? 0 : 1)) problems.push(`${open} tickets are open in the end`);
    return { count, survived: troubled.succeeded, problems };
  } finally {
    await world.close();
  }
}

function remind(host: HostName, world: World, clock: Clock, days: number): Promise<CoreRun> {
  return runCore({
    clock,
    repository: REPOSITORY,
    tickets: placeOf(host, world),
    inputs: {
      command: 'remind',
      ticket: 'true',
      'catalog-token': world.token,
      'catalog-url': world.url,
      'azure-devops-url': world.azureDevOpsUrl,
      'azure-devops-organization': ORGANIZATION,
      'github-token': world.gitHubToken,
      'pat-expires-on': daysAfter(dayOf(clock.now()), days),
    },
  });
}

function placeOf(host: HostName, world: World): TicketPlace {
  if (host === 'azure')
    return {
      kind: 'work-items',
      url: world.azureDevOpsUrl,
      organization: ORGANIZATION,
      project: SHOP.project,
      token: world.jobToken,
    };
  return {
    kind: 'github-issues',
    api: `${world.url}${world.github.path}`,
    owner: ON_GITHUB.organization,
    repository: ON_GITHUB.name,
    // @ts-expect-error the bundle has no types; the package itself is ESM alone, which Jest does not load
    octokit: async () => (await import('../../dist/github/octokit.cjs')).getOctokit,
  };
}

/** What must hold of every run, troubled or not. */
function check(host: HostName, world: World, run: CoreRun, task: Task): string[] {
  const problems: string[] = [];
  const status = task.left === 300 ? 'valid' : 'expiring';
  if (run.outputs['credential-status'] !== status)
    problems.push(`the credential is said to be ${run.outputs['credential-status']}`);
  if (!run.said.includes(`${task.left} days are left`)) problems.push('the verdict is not told');
  if (run.said.includes('This is a bug')) problems.push(`an error is not explained: ${run.said}`);
  const { length } = ticketsOf(host, world);
  if (length > 1) problems.push(`there are ${length} tickets`);
  return problems;
}
