import { OUTPUTS } from '../../src/inputs/table.ts';
import { checkEnd, checkRun } from './checks.ts';
import { virtualClock } from './clocks.ts';
import type { Dimension, Result } from './dimension.ts';
import { runCore, type Unwritable } from './run.ts';
import { REPOSITORY, STORIES, type Story } from './stories.ts';

/** Runners whose files cannot be written: the work is done, and told at its end. */
export const runners: Dimension = {
  name: 'runners',
  cases: async () =>
    STORIES.flatMap((story) =>
      (['output', 'summary'] as const).map((unwritable) => ({
        name: `${story.name}, the ${unwritable} cannot be written`,
        run: () => tryOne(story, unwritable),
      })),
    ),
};

async function tryOne(story: Story, unwritable: Unwritable): Promise<Result> {
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  try {
    const inputs = story.inputs(world);
    const before = world.state.credentials.length;
    const odd = await runCore({ inputs, repository: REPOSITORY, clock, unwritable });
    const problems: string[] = [];
    const told = odd.said.split(`The ${unwritable} cannot be written to a file: EACCES.`).length - 1;
    if (told !== 1) problems.push(`it is told ${told} times`);
    if (odd.succeeded !== (unwritable === 'summary')) problems.push(`succeeded is ${odd.succeeded}`);
    if (unwritable === 'summary') problems.push(...checkRun(world, odd, before));
    // Nothing is left for the next run.
    const clean = await runCore({ inputs, repository: REPOSITORY, clock });
    if (clean.outputs.changed !== 'false') problems.push('the next run has something left to do');
    if (Object.keys(clean.outputs).length !== OUTPUTS.length) problems.push('the next run lacks outputs');
    return { survived: odd.succeeded, problems: [...problems, ...checkEnd(world, story, clean)] };
  } finally {
    await world.close();
  }
}
