import type { ChildProcess } from 'node:child_process';

/**
 * Stops a run as GitHub's and Azure's runners do: SIGINT, 7.5 s later SIGTERM, and 2.5 s after that it is killed
 * (ProcessInvoker.cs of both).
 */
export function stopAsRunnersDo(child: ChildProcess): void {
  child.kill('SIGINT');
  const timers = [
    setTimeout(() => child.kill('SIGTERM'), 7_500),
    setTimeout(() => child.kill('SIGKILL'), 10_000),
  ];
  child.once('close', () => timers.forEach(clearTimeout));
}
