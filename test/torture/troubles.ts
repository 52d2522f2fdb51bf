import { Failure } from '../../src/errors.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { World } from '../scenarios/support/world.ts';
import { checkEnd, checkRun } from './checks.ts';
import { virtualClock } from './clocks.ts';
import type { Case, Dimension, Result } from './dimension.ts';
import { TROUBLES, type Trouble } from './faults.ts';
import { type CoreRun, runCore } from './run.ts';
import { countRequests, REPOSITORY, STORIES, type Story } from './stories.ts';

/** Every trouble at every request of every story, each followed by one clean run. */
export const troubles: Dimension = {
  name: 'troubles',
  async cases() {
    const cases: Case[] = [];
    for (const story of STORIES) {
      const requests = await countRequests(story);
      for (const trouble of TROUBLES) {
        const positions = trouble.lag === undefined ? requests : 1;
        for (let position = 1; position <= positions; position++)
          cases.push({
            name: `${story.name}, ${trouble.name} at request ${position}`,
            run: () => tryOne(story, trouble, position),
          });
      }
    }
    return cases;
  },
};

/** Milliseconds: as long as the claim of a dead run stands, and a little more. */
const LONGEST_CLEAN_RUN = 44_000;

/** @param position of the request that the trouble befalls, from 1; 0 for none */
export async function tryOne(
  story: Story,
  trouble: Trouble,
  position: number,
  options: SandboxOptions = {},
): Promise<Result> {
  const clock = virtualClock();
  const world = await story.build({
    ...options,
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
    const isTroubled = position > 0 && count >= position && count < position + (trouble.lasts ?? 1);
    return isTroubled ? trouble.fault : undefined;
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
