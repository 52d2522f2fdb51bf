import { anyAnswers } from './answers.ts';
import { virtualClock } from './clocks.ts';
import { figures, tally } from './dimension.ts';
import { DIMENSIONS } from './dimensions.ts';
import { echoes } from './echoes.ts';
import { RACES, race } from './races.ts';
import { runCore } from './run.ts';
import { REPOSITORY, STORIES } from './stories.ts';
import { throttled } from './throttle.ts';
import { oddTrackers } from './trackers.ts';

/** A fixed slice of `npm run torture`: of each dimension, one case in so many. */
test.each(DIMENSIONS.map((dimension) => [dimension.name, dimension] as const))(
  '%s, one in seven',
  async (name, dimension) => {
    const total = await tally(dimension, (position) => position % 7 === 3);
    process.stdout.write(`torture, ${name}: ${figures(total)}\n`);
    expect(total.failures).toEqual([]);
    expect(total.tried).toBeGreaterThan(0);
  },
  300_000,
);

test('one odd answer of a tracker in seven', async () => {
  const { tried, inPlace, byNext, failures } = await oddTrackers((combination) => combination % 7 === 3);
  process.stdout.write(
    `trackers: ${tried} tried, ${inPlace} survived in place, ${byNext} by the next run, ${failures.length} failed\n`,
  );
  expect(failures).toEqual([]);
  expect(tried).toBeGreaterThan(100);
}, 300_000);

test.each(RACES.filter(({ runs }) => runs === 8))(
  '%o',
  async (one) => expect(await race(one, 1)).toEqual([]),
  120_000,
);

test('a catalog that throttles is not stormed, and the run gets through', async () => {
  for (const { succeeded, requests, refused } of await throttled()) {
    expect(succeeded).toBe(true);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(requests / 2);
  }
});

test('whatever a server answers, it is a failure that is explained', () => anyAnswers(100), 120_000);

test('whatever a server shows of the token, we show none of it', async () => {
  const { tried, failures } = await echoes((combination) => combination % 23 === 5);
  expect(failures).toEqual([]);
  expect(tried).toBeGreaterThan(20);
}, 120_000);

test('all waits share one deadline, and the end says what was waited for', async () => {
  const [story] = STORIES;
  if (!story) throw new Error('no story');
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  world.state.discoveryDelay = Number.POSITIVE_INFINITY;
  const start = clock.now();
  const inputs = { ...story.inputs(world), 'wait-timeout': '7200', 'timeout-minutes': '20' };
  const { said, succeeded, outputs } = await runCore({ inputs, repository: REPOSITORY, clock });
  await world.close();
  expect(succeeded).toBe(false);
  expect(said).toContain(
    'The run took longer than 20 min (timeout-minutes). It was still waiting for the discovery of the repository.',
  );
  expect(clock.now() - start).toBeLessThan(21 * 60_000);
  expect(outputs).toMatchObject({ 'service-operation': 'created', 'mapping-operation': 'skipped' });
});
