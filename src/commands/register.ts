import type { Catalog } from '../catalogs/catalog.ts';
import { konnectClient } from '../catalogs/konnect/client.ts';
import { konnect } from '../catalogs/konnect/konnect.ts';
import { abortWith, type Clock, until } from '../clock.ts';
import { Failure } from '../errors.ts';
import type { Host, RunContext, Runtime } from '../hosts/host.ts';
import { isConfidential } from '../http/address.ts';
import { createHttp, type Http } from '../http/http.ts';
import { type Inputs, parseInputs } from '../inputs/parse.ts';
import { fullName, type Repository } from '../repository.ts';
import { azureDevOps } from '../scm/azure-devops.ts';
import { version } from '../version.ts';
import type { Report } from './report.ts';
import { targetOf } from './target.ts';

/**
 * `command: register` and `command: plan`: the same run, of which a plan writes nothing.
 *
 * @throws {Failure}
 */
export async function register(
  host: Host,
  context: RunContext,
  report: Report,
  runtime: Runtime,
): Promise<void> {
  const inputs = await parseInputs((name) => host.input(name));
  const repository = targetOf(inputs, context);
  const lifetime = abortWith(runtime.cancelled);
  const minutes = inputs.timeout / 60_000;
  const cancelDeadline = runtime.clock.after(inputs.timeout, () =>
    lifetime.abort(new Failure(`The run took longer than ${minutes} min (timeout-minutes).`)),
  );
  const http = createHttp({
    userAgent: `catalog-connect/${version} (${host.name})`,
    network: host.network,
    clock: runtime.clock,
    lifetime: lifetime.signal,
    log: (message) => host.info(message),
  });
  try {
    const catalog = catalogOf(
      inputs,
      repository,
      http,
      context,
      until(lifetime.signal, runtime.clock),
      runtime.clock,
    );
    const doing = inputs.command === 'plan' ? 'plan (nothing is written)' : inputs.command;
    report.begin(`${doing}: ${fullName(repository)} in ${catalog.title}`);
    await catalog.connect(repository, report);
  } catch (error) {
    const { aborted, reason } = lifetime.signal;
    if (!aborted || error !== reason) throw error;
    throw new Failure(
      `${reason.message} It was still waiting for ${report.waitsFor()}.`,
      'What was done is above, and stays. Run the step again: it goes on from there.',
    );
  } finally {
    cancelDeadline();
    lifetime.release();
    await http.close();
  }
}

/** The job's token is for its own organization: it is not shown to any other. */
function jobTokenFor(repository: Repository, { azureDevOps: own }: RunContext): string | undefined {
  const same =
    own?.url === repository.host && own.organization.toLowerCase() === repository.organization.toLowerCase();
  return same && isConfidential(repository.host) ? own.token : undefined;
}

function catalogOf(
  inputs: Inputs,
  repository: Repository,
  http: Http,
  context: RunContext,
  clock: Clock,
  steadyClock: Clock,
): Catalog {
  return konnect({
    client: konnectClient(http, inputs.catalogUrl, inputs.catalogToken),
    azureDevOps: azureDevOps(http),
    jobToken: jobTokenFor(repository, context),
    clock,
    steadyClock,
    inputs,
  });
}
