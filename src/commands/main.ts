import { explain } from '../errors.ts';
import type { GuardedHost, Host, Runtime } from '../hosts/host.ts';
import { isSecret } from '../inputs/names.ts';
import { INPUTS } from '../inputs/table.ts';
import { parseBoolean } from '../inputs/values.ts';
import { createReport } from './report.ts';

/** One run of the step, on any host. */
export function main(host: GuardedHost, runtime: Runtime): Promise<void> {
  return host.guard(() => step(host, runtime));
}

async function step(host: GuardedHost, runtime: Runtime): Promise<void> {
  const context = host.context();
  hideSecrets(host, context.azureDevOps?.token);
  if (!host.input('catalog-token') && context.secretsWithheld) {
    host.notice(`Nothing to do: ${context.secretsWithheld} gets no secrets, so there is no catalog-token.`);
    createReport(host, false).finish();
    return;
  }
  const report = createReport(host, parseBoolean(host.input('summary')) !== false);
  try {
    // Loaded only now: a run that has nothing to do does not pay for it.
    const { obey } = await import('./obey.ts');
    await obey(host, context, report, runtime);
    report.finish();
  } catch (error) {
    report.finish(explain(error));
    throw error;
  }
}

/** Before anything else is said. */
function hideSecrets(host: Host, jobToken: string | undefined): void {
  const given = INPUTS.filter(({ name }) => isSecret(name)).map(({ name }) => host.input(name));
  for (const secret of [...given, jobToken]) if (secret) host.secret(secret);
}
