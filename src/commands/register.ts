import type { Catalog } from '../catalogs/catalog.ts';
import { konnectClient } from '../catalogs/konnect/client.ts';
import { konnect } from '../catalogs/konnect/konnect.ts';
import { systemClock } from '../clock.ts';
import type { Host, RunContext } from '../hosts/host.ts';
import { createHttp, type Http } from '../http/http.ts';
import { type Inputs, parseInputs } from '../inputs/parse.ts';
import { fullName } from '../repository.ts';
import { azureDevOps } from '../scm/azure-devops.ts';
import { version } from '../version.ts';
import type { Report } from './report.ts';
import { targetOf } from './target.ts';

/**
 * `command: register` and `command: plan`: the same run, of which a plan writes nothing.
 *
 * @throws {Failure}
 */
export async function register(host: Host, context: RunContext, report: Report): Promise<void> {
  const inputs = await parseInputs((name) => host.input(name));
  const repository = targetOf(inputs, context);
  const http = createHttp({
    userAgent: `catalog-connect/${version} (${host.name})`,
    network: host.network,
    clock: systemClock,
    log: (message) => host.info(message),
  });
  try {
    const catalog = catalogOf(inputs, http, context);
    const doing = inputs.command === 'plan' ? 'plan (nothing is written)' : inputs.command;
    report.begin(`${doing}: ${fullName(repository)} in ${catalog.title}`);
    await catalog.connect(repository, report);
  } finally {
    await http.close();
  }
}

function catalogOf(inputs: Inputs, http: Http, context: RunContext): Catalog {
  return konnect({
    client: konnectClient(http, inputs.catalogUrl, inputs.catalogToken),
    azureDevOps: azureDevOps(http),
    jobToken: context.azureDevOps?.token,
    clock: systemClock,
    inputs,
  });
}
