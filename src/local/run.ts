import { main } from '../commands/main.ts';
import type { Environment } from '../hosts/environment.ts';
import { run } from '../hosts/host.ts';
import { localHost, type Terminal } from '../hosts/local.ts';

/** One run of the step on a laptop. */
export async function runLocally(
  inputs: Record<string, string | undefined>,
  environment: Environment,
  terminal: Terminal,
  onFailure: () => void,
): Promise<void> {
  const host = localHost(inputs, environment, terminal, onFailure);
  await run(host, main);
  host.flush();
}
