import { execFileSync } from 'node:child_process';
import { oneLine } from '../text.ts';
import type { Environment } from './environment.ts';

/** Milliseconds. Neither program connects to anything here. */
const LONGEST = 10_000;

/**
 * The address of the remote `origin` of this folder, as it is fetched from.
 *
 * @returns the problem as the end of "the current repository …" where there is none
 */
export function originOf(environment: Environment): { url: string } | { problem: string } {
  try {
    return { url: run('git', ['remote', 'get-url', 'origin'], environment) };
  } catch (error) {
    return { problem: `is unknown: ${reasonOf(error as RunError)}` };
  }
}

/** The real name of a host that may be an alias of ssh's configuration; undefined where ssh does not tell one. */
export function sshHostname(alias: string, environment: Environment): string | undefined {
  try {
    return /^hostname (\S+)$/mu.exec(run('ssh', ['-G', '--', alias], environment))?.[1];
  } catch {
    return undefined;
  }
}

interface RunError extends Error {
  code?: string;
  stderr?: string;
}

function run(program: string, args: string[], environment: Environment): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    // What it says is read: in English.
    env: { ...environment, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  }).trim();
}

function reasonOf({ code, stderr = '' }: RunError): string {
  if (code === 'ENOENT') return 'git is not installed, or not in PATH';
  if (code === 'ETIMEDOUT') return `git did not answer within ${LONGEST / 1_000} s`;
  if (stderr.includes('dubious ownership')) {
    const [, folder = 'FOLDER'] = /safe\.directory (.+)/u.exec(stderr) ?? [];
    return `git refuses to read this folder, because another user owns it ("dubious ownership"). To allow it, run "git config --global --add safe.directory ${oneLine(folder)}"`;
  }
  const said = stderr.replace(/^(?:fatal|error): /u, '').trim();
  return said === '' || /No such remote|not a git repository/iu.test(said)
    ? 'this folder has no git remote "origin"'
    : `git remote get-url origin failed: ${oneLine(said)}`;
}
