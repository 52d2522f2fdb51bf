/**
 * Bundles each entry of src/main into dist/<host>/index.cjs, with the licences of what is in it beside it.
 * `--check` builds elsewhere and fails when dist is not what a clean build gives.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle, HOSTS, packageOf, root } from './bundle.mjs';

const check = process.argv.includes('--check');
const outRoot = check ? path.join(root, '.cache', 'dist') : path.join(root, 'dist');

rmSync(outRoot, { recursive: true, force: true });
for (const host of HOSTS) {
  const outdir = path.join(outRoot, host);
  const { metafile } = await bundle(host, outdir);
  writeFileSync(path.join(outdir, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
}
if (check) compare();

function licences(inputs) {
  const packages = new Set(inputs.map(packageOf).filter(Boolean));
  return [...packages]
    .sort()
    .map((name) => {
      const folder = path.join(root, 'node_modules', name);
      const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file
        ? readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()
        : `License: ${license}`;
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function compare() {
  const committed = path.join(root, 'dist');
  const files = new Set([committed, outRoot].flatMap((folder) => readdirSync(folder, { recursive: true })));
  const stale = [...files].filter(
    (file) => /\.\w+$/.test(file) && read(path.join(committed, file)) !== read(path.join(outRoot, file)),
  );
  if (stale.length > 0) {
    console.error(`dist is stale (${stale.join(', ')}): run "npm run build" and commit what it writes.`);
    process.exitCode = 1;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
