import fc from 'fast-check';
import { virtualClock } from './clocks.ts';
import { runCore } from './run.ts';
import { REPOSITORY, STORIES } from './stories.ts';

/** Whatever a server answers, it is a failure that is explained. @throws when it is not */
export async function anyAnswers(runs: number, seed?: number): Promise<void> {
  const [story] = STORIES;
  if (!story) throw new Error('There is no story.');
  const records = fc.array(fc.record({ id: fc.string(), name: fc.string(), config: fc.anything() }));
  const body = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.record({ data: fc.anything(), meta: fc.anything() }).map((value) => JSON.stringify(value) ?? ''),
    fc
      .record({ data: records, meta: fc.constant({ page: { total: 1, next: null } }) })
      .map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary' }),
  );
  const status = fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 404, 409, 418);
  await fc.assert(
    fc.asyncProperty(status, body, async (code, text) => {
      const clock = virtualClock();
      const world = await story.build({ now: clock.now });
      world.fault = ({ path }) =>
        path.startsWith('/v1/') ? { answer: { status: code, body: text } } : undefined;
      const { said, succeeded } = await runCore({
        inputs: story.inputs(world),
        repository: REPOSITORY,
        clock,
      });
      await world.close();
      return !succeeded && !said.includes('This is a bug');
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  );
}
