/**
 * `npm run coverage`: what of src the scenarios and the torture run, in child processes. The bundles are built once
 * more with source maps, and Node writes what it ran (NODE_V8_COVERAGE). Fails below the thresholds.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { CoverageReport } from 'monocart-coverage-reports';
import { bundle, bundleTorture, HOSTS, root } from './bundle.mjs';

/** Percent. */
const THRESHOLDS = { lines: 95, branches: 90 };

const folder = path.join(root, '.cache', 'coverage');
const raw = path.join(folder, 'raw');
rmSync(folder, { recursive: true, force: true });
for (const host of HOSTS) await bundle(host, path.join(folder, 'dist', host), { sourcemap: true });
const torture = path.join(folder, 'torture.cjs');
await bundleTorture(torture, { sourcemap: true });

const environment = { ...process.env, E2E_ROOT: folder, E2E_COVERAGE: raw };
const jest = [path.join(root, 'node_modules/jest/bin/jest.js'), '--selectProjects'];
run([...jest, 'scenarios', '--maxWorkers=100%', ...process.argv.slice(2)], environment);
if (process.argv.length === 2) {
  run([path.join(root, 'test/backstage/run.mjs')], environment);
  run([torture, '--seed', '7'], { ...environment, NODE_V8_COVERAGE: raw });
}

const report = new CoverageReport({
  name: 'Catalog Connect',
  outputDir: path.join(root, 'coverage'),
  reports: [['console-details', { skipPercent: 100 }], 'v8', 'lcovonly'],
  entryFilter: (entry) => entry.url.includes('/.cache/coverage/'),
  sourceFilter: (source) => /(?:^|\/)src\//.test(source) && !source.includes('node_modules'),
  sourcePath: (source) => source.replace(/^.*?(?=src\/)/, ''),
});
await report.addFromDir(raw);
const { summary } = await report.generate();
for (const [metric, least] of Object.entries(THRESHOLDS)) {
  const { pct } = summary[metric];
  console.log(`${metric}: ${pct} % (at least ${least} %)`);
  if (pct < least) process.exitCode = 1;
}

function run(args, env) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
