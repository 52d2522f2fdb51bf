/**
 * The tests against a real Backstage: installs it, where it is not installed yet, and runs them. Where that cannot be
 * done (there is no compiler, say), it is said loudly; in CI, it is a failure.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { install } from './servers/install.mjs';

try {
  await install();
} catch (error) {
  console.error(
    `\n*** SKIPPED: the tests against a real Backstage. It cannot be installed here:\n${error.message}\n`,
  );
  process.exit(process.env.CI ? 1 : 0);
}
const jest = path.join(import.meta.dirname, '../../node_modules/jest/bin/jest.js');
const { status } = spawnSync(process.execPath, [jest, '--selectProjects', 'backstage'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
