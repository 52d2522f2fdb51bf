import { RACES, race } from './races.ts';
import { torture } from './torture.ts';

/** `npm run torture [-- --seed N]`: everything, with the figures. */
const seed = Number(/--seed[= ](\d+)/u.exec(process.argv.slice(2).join(' '))?.[1] ?? Date.now() % 100_000);
const say = (text: string) => process.stdout.write(`${text}\n`);

async function run(): Promise<void> {
  say(`seed ${seed}`);
  const { tried, inPlace, byNext, failures } = await torture(() => true);
  for (const failure of failures) say(`FAILED ${failure}`);
  let raced = 0;
  for (const one of RACES)
    for (const round of [0, 1, 2]) {
      raced += 1;
      const problems = await race(one, seed + round);
      for (const problem of problems) failures.push(problem);
      if (problems.length > 0)
        say(`FAILED ${JSON.stringify(one)} with seed ${seed + round}: ${problems.join('; ')}`);
    }
  say(
    `torture: ${tried} combinations tried, ${inPlace} survived in place, ${byNext} survived by the next run, ${raced} races, ${failures.length} failed`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

void run();
