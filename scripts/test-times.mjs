/** `npm run test:times`: runs what `npm test` runs, and prints what each second is spent on. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const report = path.join(root, '.cache', 'times.json');
const commands = expanded('test');
const steps = [];
const files = [];

for (const command of commands) {
  const jest = command.startsWith('jest');
  rmSync(report, { force: true });
  const start = performance.now();
  const { status } = spawnSync(`${command}${jest ? ` --json --outputFile=${report}` : ''}`, {
    cwd: root,
    shell: true,
    env: {
      ...process.env,
      PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH}`,
    },
    stdio: ['ignore', jest ? 'ignore' : 'inherit', 'inherit'],
  });
  steps.push({ seconds: (performance.now() - start) / 1_000, name: command });
  if (status !== 0) process.exitCode = 1;
  if (!jest) continue;
  for (const { name, startTime, endTime, assertionResults } of JSON.parse(readFileSync(report, 'utf8'))
    .testResults)
    files.push({
      seconds: (endTime - startTime) / 1_000,
      name: `${path.relative(root, name)} (${assertionResults.length} tests)`,
      tests: assertionResults.map(({ fullName, duration }) => ({
        seconds: (duration ?? 0) / 1_000,
        name: fullName,
      })),
    });
}

print('Steps', steps);
print('Test files', files.sort(longestFirst).slice(0, 20));
print(
  'Tests',
  files
    .flatMap(({ tests }) => tests)
    .sort(longestFirst)
    .slice(0, 20),
);

/** The commands of a script, those of the scripts that it calls in their place. */
function expanded(name) {
  return scripts[name].split(' && ').flatMap((command) => {
    const [, called] = /^npm run ([\w:]+)$/.exec(command) ?? [];
    return called ? expanded(called) : [command];
  });
}

function longestFirst(left, right) {
  return right.seconds - left.seconds;
}

function print(title, rows) {
  console.log(`\n${title} (seconds)`);
  for (const { seconds, name } of rows) console.log(`${seconds.toFixed(1).padStart(8)}  ${name}`);
}
