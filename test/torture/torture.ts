import { Failure } from '../../src/errors.ts';
import { OUTPUTS } from '../../src/inputs/table.ts';
import { secretsIn } from '../scenarios/support/secrets.ts';
import { ORGANIZATION, type World } from '../scenarios/support/world.ts';
import { virtualClock } from './clocks.ts';
import { TROUBLES, type Trouble } from './faults.ts';
import { type CoreRun, runCore } from './run.ts';
import { REPOSITORY, STORIES, type Story } from './stories.ts';

export interface Tally {
  tried: number;
  /** The troubled run itself succeeded. */
  inPlace: number;
  /** The next run did. */
  byNext: number;
  failures: string[];
}

/**
 * Every trouble at every request of every story, each followed by one clean run.
 *
 * @param pick which of the combinations to try, by a running number
 */
export async function torture(pick: (combination: number) => boolean): Promise<Tally> {
  const tally: Tally = { tried: 0, inPlace: 0, byNext: 0, failures: [] };
  let combination = 0;
  for (const story of STORIES) {
    const requests = await countRequests(story);
    for (const trouble of TROUBLES) {
      const positions = trouble.lag === undefined ? requests : 1;
      for (let position = 1; position <= positions; position++) {
        if (!pick(combination++)) continue;
        tally.tried += 1;
        const { survived, problems } = await tryOne(story, trouble, position);
        if (problems.length > 0)
          tally.failures.push(
            `${story.name}, ${trouble.name} at request ${position}: ${problems.join('; ')}`,
          );
        else if (survived) tally.inPlace += 1;
        else tally.byNext += 1;
      }
    }
  }
  return tally;
}

export async function countRequests(story: Story): Promise<number> {
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  const { succeeded, said } = await runCore({ inputs: story.inputs(world), repository: REPOSITORY, clock });
  if (!succeeded) throw new Error(`${story.name} fails without any trouble: ${said}`);
  const { length } = world.exchanges;
  await world.close();
  return length;
}

/** Milliseconds: as long as the claim of a dead run stands, and a little more. */
const LONGEST_CLEAN_RUN = 90_000;

async function tryOne(
  story: Story,
  trouble: Trouble,
  position: number,
): Promise<{ survived: boolean; problems: string[] }> {
  const clock = virtualClock();
  const world = await story.build({
    now: clock.now,
    ...(trouble.lag === undefined ? {} : { lag: trouble.lag }),
  });
  try {
    const inputs = story.inputs(world);
    const before = world.state.credentials.length;
    const troubled = await runTroubled(world, inputs, clock, trouble, position);
    const problems = troubled ? checkRun(world, troubled, before) : [];
    world.fault = undefined;
    const start = clock.now();
    const clean = await runCore({ inputs, repository: REPOSITORY, clock });
    if (clock.now() - start > LONGEST_CLEAN_RUN)
      problems.push(`the clean run takes ${(clock.now() - start) / 1_000} s`);
    if (!clean.succeeded) problems.push(`the clean run fails: ${clean.said}`);
    problems.push(...checkRun(world, clean, before), ...checkEnd(world, story, clean));
    return { survived: troubled?.succeeded ?? false, problems };
  } finally {
    await world.close();
  }
}

/** @returns undefined where the run was killed: it says nothing any more */
async function runTroubled(
  world: World,
  inputs: ReturnType<Story['inputs']>,
  clock: ReturnType<typeof virtualClock>,
  trouble: Trouble,
  position: number,
): Promise<CoreRun | undefined> {
  const cancelling = new AbortController();
  let count = 0;
  world.fault = () => {
    count += 1;
    if (trouble.cancelled && count === position)
      cancelling.abort(new Failure('The run was cancelled (SIGTERM).'));
    if (trouble.killed && count === position) return 'reset after';
    return count >= position && count < position + (trouble.lasts ?? 1) ? trouble.fault : undefined;
  };
  let asked = 0;
  // Who is dead sends nothing any more; who is refused, does not get there.
  const proxyFor = () => {
    asked += 1;
    const unsent = (trouble.killed && count >= position) || (trouble.refused && asked === position);
    return unsent ? 'http://127.0.0.1:9' : undefined;
  };
  const run = await runCore({
    inputs,
    repository: REPOSITORY,
    clock,
    cancelled: cancelling.signal,
    proxyFor,
  });
  return trouble.killed ? undefined : run;
}

/** What must hold of every run, troubled or not. */
function checkRun(world: World, run: CoreRun, credentialsBefore: number): string[] {
  const problems: string[] = [];
  const { state } = world;
  const missing = OUTPUTS.filter(({ name }) => !(name in run.outputs));
  if (missing.length > 0) problems.push(`outputs are missing: ${missing.map(({ name }) => name)}`);
  const ids: [string, { id: string }[]][] = [
    ['integration-id', state.instances],
    ['credential-id', state.credentials],
    ['service-id', state.services],
    ['resource-id', state.resources],
    ['mapping-id', state.mappings],
  ];
  for (const [name, records] of ids) {
    const id = run.outputs[name];
    if (id && !records.some((record) => record.id === id)) problems.push(`${name} is not one that exists`);
    if (run.succeeded && !id) problems.push(`${name} is empty after a success`);
  }
  const leaked = secretsIn(`${run.said}${JSON.stringify(run.outputs)}`, world);
  if (leaked.length > 0) problems.push(`secrets are shown: ${leaked}`);
  if (/^\s+at .+:\d+/mu.test(run.said)) problems.push(`a stack trace is shown: ${run.said}`);
  if (run.said.includes('This is a bug')) problems.push(`an error is not explained: ${run.said}`);
  const gone = state.credentials.length < credentialsBefore;
  if (gone && !run.said.includes('was removed, but the new one could not be stored'))
    problems.push('the credential is gone without a word');
  if (gone && (run.outputs['credential-status'] !== 'missing' || run.outputs.changed !== 'true'))
    problems.push('the outputs hide that the credential is gone');
  return problems;
}

/** What must be there in the end, whatever happened. */
function checkEnd(world: World, story: Story, clean: CoreRun): string[] {
  const { instances, credentials, services, mappings } = world.state;
  const counts = [instances, credentials, services, mappings].map(({ length }) => length).join();
  if (counts !== '1,1,1,1') return [`there are ${counts} instances, credentials, services and mappings`];
  const problems: string[] = [];
  const [instance] = instances;
  const [service] = services;
  if (credentials[0]?.key !== story.inputs(world)['azure-devops-pat'])
    problems.push('the credential is not made from the PAT that was given');
  if (instance?.config.organization !== ORGANIZATION) problems.push('the integration points elsewhere');
  if (story.name !== 'a first run') {
    if (instance?.labels.team !== 'platform') problems.push('a label of the integration is lost');
    if (service?.labels.reviewed !== 'yes') problems.push('a label of the service is lost');
    if (service?.custom_fields.cost_center !== '4711') problems.push('a custom field is lost');
  }
  if (clean.outputs['mapping-id'] !== mappings[0]?.id)
    problems.push('the mapping that was told is not the one that is there');
  return problems;
}
