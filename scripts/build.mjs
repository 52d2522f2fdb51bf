/**
 * Bundles each entry of src/main into dist/<host>/index.cjs, with the licences of what is in it beside it.
 * `--check` builds elsewhere and fails when dist is not what a clean build gives.
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const outRoot = check ? path.join(root, '.cache', 'dist') : path.join(root, 'dist');
const hosts = ['github', 'azure', 'local'];

/** @actions/http-client loads all of undici for the proxies of a call that we do not make: load it when it is used. */
const lazyUndici = {
  name: 'lazy-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.includes('@actions') ? { path: 'undici', namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `Object.defineProperty(exports, 'ProxyAgent', { enumerable: true, get: () => require('undici/lib/dispatcher/proxy-agent.js') });`,
      resolveDir: root,
    }));
  },
};

rmSync(outRoot, { recursive: true, force: true });
for (const host of hosts) {
  const outdir = path.join(outRoot, host);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: `src/main/${host}.ts`, out: 'index' }],
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Not minified: it would be slower to start (docs: README, "How fast"), and nobody could read the difference.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [lazyUndici],
  });
  writeFileSync(path.join(outdir, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
}
if (check) compare();

function licences(inputs) {
  const packages = new Set(
    inputs.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean),
  );
  return [...packages]
    .sort()
    .map((name) => {
      const folder = path.join(root, 'node_modules', name);
      const { version, license } = createRequire(import.meta.url)(path.join(folder, 'package.json'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file
        ? readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()
        : `License: ${license}`;
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function compare() {
  const stale = hosts
    .flatMap((host) => [`${host}/index.cjs`, `${host}/LICENSES.txt`])
    .filter((file) => read(path.join(root, 'dist', file)) !== read(path.join(outRoot, file)));
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
