import { anyAnswers } from './answers.ts';
import { randomOf } from './clocks.ts';
import { figures, type Tally, tally } from './dimension.ts';
import { DIMENSIONS } from './dimensions.ts';
import { echoes } from './echoes.ts';
import { RACES, race } from './races.ts';
import { throttled } from './throttle.ts';
import { oddTrackers } from './trackers.ts';

/** `npm run torture [-- --seed N]`: everything, with the figures. */
const seed = Number(/--seed[= ](\d+)/u.exec(process.argv.slice(2).join(' '))?.[1] ?? Date.now() % 100_000);
const say = (text: string) => process.stdout.write(`${text}\n`);
// The jitter of pauses comes from here.
Math.random = randomOf(seed);

async function run(): Promise<void> {
  say(`seed ${seed}`);
  const total: Tally = { tried: 0, inPlace: 0, byNext: 0, failures: [] };
  for (const dimension of DIMENSIONS) {
    const one = await tally(dimension);
    say(`${dimension.name}: ${figures(one)}`);
    total.tried += one.tried;
    total.inPlace += one.inPlace;
    total.byNext += one.byNext;
    total.failures.push(...one.failures);
  }
  const { tried, inPlace, byNext, failures } = total;
  const trackers = await oddTrackers(() => true);
  failures.push(...trackers.failures);
  let races = 0;
  for (const one of RACES)
    for (const round of [0, 1, 2]) {
      races += 1;
      const problems = await race(one, seed + round);
      failures.push(
        ...problems.map((problem) => `${JSON.stringify(one)} with seed ${seed + round}: ${problem}`),
      );
    }
  const throttles = await throttled();
  failures.push(
    ...throttles.filter(({ succeeded }) => !succeeded).map(() => 'A throttled run did not get through.'),
  );
  await anyAnswers(1_000, seed).catch((error) => failures.push(String(error)));
  const echoed = await echoes(() => true);
  failures.push(...echoed.failures);
  for (const failure of failures) say(`FAILED ${failure}`);
  say(
    `torture: ${tried} combinations tried, ${inPlace} survived in place, ${byNext} survived by the next run, ${races} races, ${throttles.length} throttled runs, 1000 hostile answers, ${echoed.tried} answers with the token in them, ${trackers.tried} odd answers of trackers (${trackers.inPlace} survived in place), ${failures.length} failed`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

void run();
