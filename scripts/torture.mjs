/** `npm run torture`: bundles test/torture/main.ts, and runs it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { bundleTorture, root } from './bundle.mjs';

const outfile = path.join(root, '.cache', 'torture', 'main.cjs');
await bundleTorture(outfile);
spawn(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).on('close', (code) => {
  process.exitCode = code ?? 1;
});
