/** How the bundles are made: for `build.mjs`, which writes them, and `bench.mjs`, which looks into them. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const HOSTS = ['github', 'azure', 'local'];

/**
 * Libraries that not every run needs, each in a file of its own: Node reads and compiles a file as a whole. Of ours there
 * is one file, so that each class is there once.
 */
const BESIDE = { yaml: 'yaml', './undici.ts': 'undici', '@actions/github': 'octokit' };

/** Bundles the entry of a host into `outdir`, or into memory. */
export function bundle(host, outdir, options = {}) {
  return build({
    ...options,
    absWorkingDir: root,
    entryPoints: [
      { in: `src/main/${host}.ts`, out: 'index' },
      { in: 'yaml', out: 'yaml' },
      { in: 'src/http/undici.ts', out: 'undici' },
      ...(host === 'github' ? [{ in: '@actions/github', out: 'octokit' }] : []),
    ],
    outdir: outdir ?? root,
    write: outdir !== undefined,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Not minified: it would start slower, and nobody could read a change.
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [beside, withoutUndici],
  });
}

/** Bundles the torture, which runs the core in one process. */
export function bundleTorture(outfile, options = {}) {
  return build({
    ...options,
    absWorkingDir: root,
    entryPoints: ['test/torture/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    logLevel: 'warning',
  });
}

const beside = {
  name: 'beside',
  setup({ onResolve }) {
    onResolve({ filter: /^(?:yaml|\.\/undici\.ts|@actions\/github)$/ }, ({ kind, path: name }) =>
      kind === 'entry-point' ? undefined : { path: `./${BESIDE[name]}.cjs`, external: true },
    );
  },
};

/** @actions/* bring all of undici, for calls that are not made: ours go through src/http. */
const withoutUndici = {
  name: 'without-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.includes('@actions') ? { path: 'undici', namespace: 'without' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'without' }, () => ({
      contents: `
        const refuse = () => { throw new Error('Requests are made by src/http.'); };
        exports.ProxyAgent = class { dispatch() { refuse(); } };
        exports.fetch = refuse;`,
    }));
  },
};

/** The npm package that an input of a bundle is from; undefined for our own. */
export function packageOf(input) {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}
