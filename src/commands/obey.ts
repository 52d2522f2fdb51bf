import type { GuardedHost, RunContext, Runtime } from '../hosts/host.ts';
import { parseInputs } from '../inputs/parse.ts';
import { register } from './register.ts';
import type { Report } from './report.ts';
import { inSession } from './session.ts';

/**
 * Does what the input `command` says.
 *
 * @throws {Failure}
 */
export async function obey(
  host: GuardedHost,
  context: RunContext,
  report: Report,
  runtime: Runtime,
): Promise<void> {
  const inputs = await parseInputs((name) => host.input(name), context.azureDevOps?.token);
  await inSession(host, context, inputs, report, runtime, async (session) => {
    if (inputs.command !== 'remind') return register(session);
    const { remind } = await import('./remind.ts');
    return remind(session);
  });
}
