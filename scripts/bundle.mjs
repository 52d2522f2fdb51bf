/** How the bundles are made: for `build.mjs`, which writes them, and `bench.mjs`, which looks into them. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
export const HOSTS = ['github', 'azure', 'local'];

/** Bundles the entry of a host into `outdir`, or into memory. */
export function bundle(host, outdir) {
  return build({
    absWorkingDir: root,
    entryPoints: [
      { in: `src/main/${host}.ts`, out: 'index' },
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
    plugins: [lazyUndici, octokitBeside],
  });
}

/**
 * @actions/http-client and @actions/github load all of undici, for proxies of calls that we do not make so: load what is
 * used, when it is used.
 */
const lazyUndici = {
  name: 'lazy-undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ importer }) =>
      importer.includes('@actions') ? { path: 'undici', namespace: 'lazy' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({
      contents: `Object.defineProperty(exports, 'ProxyAgent', { enumerable: true, get: () => require('undici/lib/dispatcher/proxy-agent.js') }); exports.fetch = (...call) => fetch(...call);`,
      resolveDir: root,
    }));
  },
};

/** Octokit is as large as all of ours: what keeps no issue does not even read it. */
const octokitBeside = {
  name: 'octokit-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^@actions\/github$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './octokit.cjs', external: true } : undefined,
    );
  },
};

/** The npm package that an input of a bundle is from; undefined for our own. */
export function packageOf(input) {
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
}
