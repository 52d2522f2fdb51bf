/**
 * `npm run bench`: what a run costs. Nothing is asserted: numbers differ from machine to machine.
 * Start-up is the median of 30 interleaved runs; a path to another Node may be given (BENCH_NODE).
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundle, HOSTS, packageOf, root } from './bundle.mjs';

const node = process.env.BENCH_NODE ?? process.execPath;
const folder = mkdtempSync(path.join(os.tmpdir(), 'catalog-connect-bench-'));
const ROUNDS = 30;

try {
  console.log(
    `Node ${spawnSync(node, ['--version']).stdout.toString().trim()}, ${os.cpus().length} × ${os.cpus()[0]?.model}\n`,
  );
  await sizes();
  startUp();
  await runs();
} finally {
  rmSync(folder, { recursive: true });
}

async function sizes() {
  console.log('Bundle sizes, and what is in them (KB, not minified)');
  for (const host of HOSTS) {
    const { metafile } = await bundle(host);
    for (const [file, { inputs, bytes }] of Object.entries(metafile.outputs)) {
      const parts = {};
      for (const [name, { bytesInOutput }] of Object.entries(inputs)) {
        const from = packageOf(name) ?? 'our own';
        parts[from] = (parts[from] ?? 0) + bytesInOutput;
      }
      const largest = Object.entries(parts)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 5)
        .map(([name, size]) => `${name} ${Math.round(size / 1024)}`);
      const name = `${host}/${path.basename(file)}`;
      console.log(
        `  ${name.padEnd(20)} ${String(Math.round(bytes / 1024)).padStart(5)}   ${largest.join(', ')}`,
      );
    }
  }
}

function startUp() {
  const empty = path.join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  const event = path.join(folder, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { head: { repo: { full_name: 'a/fork' } } } }));
  const gitHub = {
    GITHUB_REPOSITORY: 'a/b',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: event,
    GITHUB_OUTPUT: file('output'),
  };
  const azure = { SYSTEM_PULLREQUEST_ISFORK: 'True', AGENT_TEMPDIRECTORY: folder };
  const built = (host) => path.join(root, 'dist', host, 'index.cjs');
  const undici = "require('undici/lib/dispatcher/agent.js'), require('undici/lib/api/index.js')";
  const cases = [
    ['node -e 0', ['-e', '0'], {}],
    ['an empty file', [empty], {}],
    ['github: the least run (a fork)', [built('github')], gitHub],
    ['azure: the least run (a fork)', [built('azure')], azure],
    ['github: bad inputs (loads the core)', [built('github')], { ...gitHub, GITHUB_EVENT_NAME: 'push' }],
    ['local: --version', [built('local'), '--version'], {}],
    ["import: undici's index", ['-e', "require('undici')"], {}],
    ['import: what we use of undici', ['-e', undici], {}],
    ['import: azure-pipelines-task-lib', ['-e', "require('azure-pipelines-task-lib/task')"], azure],
    ['import: valibot', ['-e', "require('valibot')"], {}],
    ['import: yaml', ['-e', "require('yaml')"], {}],
  ].map(([name, args, env]) => ({ name, args, env: { PATH: process.env.PATH, ...env }, times: [] }));
  for (let round = 0; round < ROUNDS; round++)
    for (const { args, env, times } of cases) {
      const start = process.hrtime.bigint();
      spawnSync(node, args, { cwd: root, env, stdio: 'ignore' });
      times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
  const medians = cases.map(({ times }) => times.sort((a, b) => a - b)[ROUNDS / 2]);
  console.log(`\nStart-up (ms, median of ${ROUNDS}; times node -e 0)`);
  cases.forEach(({ name }, index) => {
    console.log(
      `  ${name.padEnd(38)} ${medians[index].toFixed(1).padStart(6)}   ${(medians[index] / medians[0]).toFixed(2)}`,
    );
  });
}

async function runs() {
  console.log('\nWhole runs against the sandbox (ms wall time, requests to the catalog, rounds)');
  const { startSandbox } = await load('src/sandbox/sandbox.ts');
  for (const latency of [0, 50]) {
    const sandbox = await startSandbox({ latency });
    const { state } = sandbox;
    state.tokens.set('kpat_bench', 'admin');
    state.pats.set('pat-of-the-bench', 'valid');
    state.repositories['azure-devops'].push({
      organization: 'acme',
      project: 'shop',
      projectId: 'p',
      name: 'api',
      id: 'r',
    });
    for (const name of ['first', 'no-change']) {
      sandbox.exchanges.length = 0;
      const wall = await timed(sandbox);
      const asked = sandbox.exchanges.filter(({ path: address }) => address.startsWith('/v1/'));
      const rounds = Math.max(...sandbox.exchanges.map(({ round }) => round));
      console.log(
        `  ${name.padEnd(10)} ${String(latency).padStart(2)} ms a request: ${wall.toFixed(0).padStart(5)} ms, ${asked.length} requests${latency > 0 ? `, ${rounds} rounds` : ''}${name === 'first' ? ' (with 1 s of waiting for discovery)' : ''}`,
      );
    }
    await sandbox.close();
  }
}

async function timed(sandbox) {
  const inputs = {
    'catalog-token': 'kpat_bench',
    'catalog-url': sandbox.url,
    'azure-devops-url': sandbox.azureDevOpsUrl,
    'azure-devops-pat': 'pat-of-the-bench',
    repository: 'acme/shop/api',
  };
  const env = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const start = process.hrtime.bigint();
  const child = spawn(node, [path.join(root, 'dist/github/index.cjs')], {
    env: { PATH: process.env.PATH, GITHUB_REPOSITORY: 'a/b', GITHUB_OUTPUT: file('output'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error('The run failed.');
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function file(name) {
  const full = path.join(folder, name);
  writeFileSync(full, '');
  return full;
}

async function load(source) {
  const outfile = path.join(folder, 'module.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  return import(pathToFileURL(outfile));
}
