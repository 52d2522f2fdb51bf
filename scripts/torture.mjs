/** `npm run torture`: bundles test/torture/main.ts, and runs it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './bundle.mjs';

const outfile = path.join(root, '.cache', 'torture', 'main.cjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/torture/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  logLevel: 'warning',
});
spawn(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
