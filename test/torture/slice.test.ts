import { RACES, race } from './races.ts';
import { torture } from './torture.ts';

/** A fixed slice of `npm run torture`. */
test('one combination in seven of trouble and request', async () => {
  const { tried, inPlace, byNext, failures } = await torture((combination) => combination % 7 === 3);
  process.stdout.write(
    `torture: ${tried} tried, ${inPlace} survived in place, ${byNext} by the next run, ${failures.length} failed\n`,
  );
  expect(failures).toEqual([]);
  expect(tried).toBeGreaterThan(100);
}, 300_000);

test.each(RACES.filter(({ runs }) => runs === 8))(
  '%o',
  async (one) => expect(await race(one, 1)).toEqual([]),
  120_000,
);
