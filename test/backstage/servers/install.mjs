/**
 * Installs the Backstage servers that the tests run against, where they are not installed yet. The native part of
 * SQLite is built here: npm runs no install scripts.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const SERVERS = ['current', 'old'];
const NATIVE = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';

/** @throws {Error} when npm or the compiler fails */
export async function install() {
  await Promise.all(SERVERS.map(installServer));
  await build();
}

async function installServer(server) {
  const folder = path.join(here, server);
  const stamp = path.join(folder, 'node_modules/.installed');
  const lock = readFileSync(path.join(folder, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`Installing Backstage (${server}), once …`);
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  writeFileSync(stamp, lock);
}

async function build() {
  const [first, ...others] = SERVERS.map((server) => path.join(here, server, NATIVE));
  if (!existsSync(first)) {
    console.log('Building SQLite for it, once …');
    // Not optimized: it is built faster than that would ever give back.
    const flags = { CFLAGS: '-O1', CXXFLAGS: '-O1' };
    await run(
      'npm',
      ['run', 'build-release'],
      path.join(here, SERVERS[0], 'node_modules/better-sqlite3'),
      flags,
    );
  }
  for (const other of others) {
    mkdirSync(path.dirname(other), { recursive: true });
    copyFileSync(first, other);
  }
}

function run(command, args, cwd, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} failed:\n${said.slice(-2000)}`)),
    );
  });
}
