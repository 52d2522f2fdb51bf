import { isGuid } from '../azure-address.ts';
import type { Catalog, CredentialFacts } from '../catalogs/catalog.ts';
import { type Clock, until } from '../clock.ts';
import { dayOf } from '../dates.ts';
import { Failure } from '../errors.ts';
import type { GuardedHost, RunContext, Runtime } from '../hosts/host.ts';
import { isConfidential } from '../http/address.ts';
import { createHttp, type Http } from '../http/http.ts';
import type { Inputs } from '../inputs/parse.ts';
import { createLifetime } from '../lifetime.ts';
import { judge, type Verdict } from '../reminder/verdict.ts';
import { fullName, type Owner, type Repository } from '../repository.ts';
import { type AzureDevOps, type AzureDevOpsSecret, azureDevOps, type PatTrial } from '../scm/azure-devops.ts';
import { version } from '../version.ts';
import type { Report } from './report.ts';

/** Each is loaded where it is used. */
const CATALOGS = {
  konnect: async () => (await import('../catalogs/konnect/konnect.ts')).konnect,
  backstage: async () => (await import('../catalogs/backstage/backstage.ts')).backstage,
  roadie: async () => (await import('../catalogs/roadie/roadie.ts')).roadie,
};

/** Milliseconds: runners kill ten seconds after they asked to stop, and what is left to be said takes time too. */
const GRACE = 6_000;

/** What a command works with. */
export interface Session {
  inputs: Inputs;
  context: RunContext;
  report: Report;
  http: Http;
  azureDevOps: AzureDevOps;
  /** Its sleeps end with the run. */
  clock: Clock;
  /** A text of ours for another place than the log: without secrets, and in the words of the host. */
  say(text: string): string;
  /** @param owner whose repositories it reads */
  catalogFor(owner: Owner): Promise<Catalog>;
}

/**
 * Gives a command what it works with, until the deadline or the cancellation of the run.
 *
 * @throws {Failure} that says what the run was waiting for, when it did not come to its end in time
 */
export async function inSession(
  host: GuardedHost,
  context: RunContext,
  inputs: Inputs,
  report: Report,
  runtime: Runtime,
  command: (session: Session) => Promise<void>,
): Promise<void> {
  const { cancelled, grace = GRACE } = runtime;
  const lifetime = createLifetime(runtime.clock, cancelled, inputs.timeout, grace);
  const http = createHttp({
    userAgent: `catalog-connect/${version} (${host.name})`,
    network: host.network,
    clock: runtime.clock,
    lifetime: lifetime.ending,
    grace: lifetime,
    log: (message) => host.info(message),
  });
  const reads = azureDevOps(http);
  const clock = until(lifetime.ending, runtime.clock);
  const catalogFor = async (owner: Owner) => {
    const connect = await CATALOGS[inputs.catalog]();
    return connect({
      http,
      azureDevOps: reads,
      readSecret: readSecretFor(owner, inputs, context),
      clock,
      steadyClock: until(lifetime.over, runtime.clock),
      inputs,
    });
  };
  try {
    await command({ inputs, context, report, http, azureDevOps: reads, clock, say: host.say, catalogFor });
  } catch (error) {
    const { aborted, reason } = lifetime.ending;
    if (!aborted || error !== reason) throw error;
    throw new Failure(
      `${reason.message} It was still waiting for ${report.waitsFor()}.`,
      'What was done is above, and stays. Run the step again: it goes on from there.',
    );
  } finally {
    lifetime.release();
    await http.close();
  }
}

/** The PAT, else the job's token, which is for its own organization: it is not shown to any other. */
function readSecretFor(
  owner: Owner,
  { azureDevOpsPat: pat }: Inputs,
  { azureDevOps: own }: RunContext,
): AzureDevOpsSecret | undefined {
  if (pat) return { pat };
  const same = own?.url === owner.host && own.organization.toLowerCase() === owner.organization.toLowerCase();
  return same && own.token && isConfidential(owner.host) ? { jobToken: own.token } : undefined;
}

/**
 * An owner that is a repository with its names. Where the run knows only IDs, Azure DevOps is asked: catalogs know
 * repositories by their names too.
 *
 * @throws {Failure} when the project stays unknown
 */
export async function withNames<T extends Owner>(session: Session, owner: T): Promise<T> {
  const { inputs, context, report, azureDevOps: reads } = session;
  if (!('name' in owner) || owner.provider !== 'azure-devops') return owner;
  const repository = owner as T & Repository;
  const { name, project } = repository;
  if (project !== undefined && !isGuid(project) && !isGuid(name)) return owner;
  report.waiting('the names of the repository');
  const secret = readSecretFor(owner, inputs, context);
  try {
    if (secret) return { ...owner, ...(await reads.read(repository, secret)) };
  } catch (error) {
    if (project === undefined) throw error;
  }
  if (project !== undefined) return owner;
  throw new Failure(
    `The project of the repository ${fullName(repository)} is unknown: the variables of the pipeline do not contain it.`,
    'Set repository to project/repository, or set azure-devops-pat to look the project up.',
  );
}

/**
 * Tries the PAT, where one is given for the organization.
 *
 * @param repository one to try it with
 */
export async function tryPat(
  { inputs, azureDevOps: reads }: Session,
  owner: Owner,
  repository?: Repository,
): Promise<PatTrial | undefined> {
  const { azureDevOpsPat: pat } = inputs;
  return pat && owner.provider === 'azure-devops' ? reads.tryPat(owner, pat, repository) : undefined;
}

/** The day of a PAT of Azure DevOps is none of a credential for another host. */
export function tellUnusedDay({ inputs, report }: Session, { provider }: Owner): void {
  if (inputs.patExpiresOn && provider !== 'azure-devops')
    report.info(
      `pat-expires-on is not used: it is the expiry date of an Azure DevOps PAT, and this credential is for ${provider}.`,
    );
}

/** How it is with the credential, today. */
export function judgeToday(
  { inputs, clock }: Session,
  facts: CredentialFacts,
  trial: PatTrial | undefined,
): Verdict {
  return judge(facts, trial, inputs, dayOf(clock.now()));
}
