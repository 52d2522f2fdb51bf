import { isGuid } from '../../azure-address.ts';
import { Failure } from '../../errors.ts';
import { fullName, type Repository } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import type { Connection } from './connection.ts';
import { matchResource, predecessorsOf } from './matching.ts';
import type { CatalogResource, IntegrationInstance } from './schemas.ts';
import { type Candidates, isStillOf, listByExactName, listById, listCandidates } from './search.ts';

/** The pauses between looks while waiting (milliseconds): the first, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** What the search for the repository's resource came to. */
export interface Located {
  /** Undefined while Konnect does not know the repository. */
  resource: CatalogResource | undefined;
  /** What the repository was before it was deleted and created again, see {@link predecessorsOf}. */
  former: CatalogResource[];
  /** The repository, as exactly as it is known by now. */
  repository: Repository;
}

/**
 * Looks for the repository among the resources of an integration: by what the run knows, and then by what Azure DevOps
 * says of it.
 *
 * @param candidates the first {@link listCandidates}
 * @throws {Failure} when it is not certain which one it is, or when Konnect cannot discover it
 */
export async function locate(
  connection: Connection,
  instance: IntegrationInstance,
  candidates: Candidates,
): Promise<Located> {
  const { inputs, repository } = connection;
  if (inputs.resourceId)
    return { resource: chosen(inputs.resourceId, instance, candidates.resources), former: [], repository };
  let known = connection;
  let listed = candidates;
  if (matchResource(of(instance, candidates), repository).kind !== 'one') {
    const isExact = repository.id && !isGuid(repository.name);
    const exact = isExact ? undefined : await connection.identify();
    if (exact) known = { ...connection, repository: exact };
    if (!listed.tooMany && !isStillOf(listed, known.repository))
      listed = await listCandidates(known, instance);
  }
  const resource = await search(known, instance, listed);
  if (!resource) checkEnabled(known.repository);
  const former = predecessorsOf(of(instance, listed), known.repository).filter(
    ({ type }) => type === (resource?.type ?? type),
  );
  return { resource, former, repository: known.repository };
}

/** By name, and then by ID; and by exact name where too many hold the name. */
async function search(
  connection: Connection,
  instance: IntegrationInstance,
  candidates: Candidates,
): Promise<CatalogResource | undefined> {
  const named = theOne(connection, of(instance, candidates));
  if (named) return named;
  const { tooMany } = candidates;
  if (tooMany && !connection.repository.id) throw tooMany;
  const found = theOne(connection, await listById(connection, instance));
  if (found || !tooMany) return found;
  return theOne(connection, await listByExactName(connection, instance));
}

function of(instance: IntegrationInstance, { resources }: Candidates): CatalogResource[] {
  return resources.filter((one) => one.integration.instance.id === instance.id);
}

/** @throws {Failure} when there are resources that may be it, and it is not certain which one it is */
function theOne(connection: Connection, resources: CatalogResource[]): CatalogResource | undefined {
  const match = matchResource(resources, connection.repository);
  if (match.kind === 'one') return notArchived(match.resource);
  const unsure = match.kind === 'several' ? match.resources : match.similar;
  if (unsure.length > 0) throw uncertain(connection, unsure);
  return undefined;
}

/** @throws {Failure} when Azure DevOps says that nobody can read the repository: Konnect cannot discover it either */
export function checkEnabled(repository: Connection['repository']): void {
  if (!('disabled' in repository && repository.disabled)) return;
  throw new Failure(
    `The repository ${fullName(repository)} is disabled in Azure DevOps, so Konnect cannot discover it.`,
    'Enable it in Azure DevOps (Project settings > Repositories > Settings), then run the step again.',
  );
}

function chosen(id: string, instance: IntegrationInstance, [found]: CatalogResource[]): CatalogResource {
  if (found?.integration.instance.id === instance.id) return notArchived(found);
  const where = found
    ? `belongs to the integration "${oneLine(found.integration.instance.name, 130)}", not "${instance.name}"`
    : 'does not exist';
  throw new Failure(
    `The resource ${id} ${where}.`,
    'Correct resource-id, or leave it out to search for the repository.',
  );
}

function notArchived(resource: CatalogResource): CatalogResource {
  if (!resource.archived) return resource;
  throw new Failure(
    `The resource "${oneLine(resource.name ?? '')}" (${resource.id}) is archived in Konnect, and cannot be mapped.`,
    'Somebody archived it on purpose or by mistake: unarchive it in Konnect, then run the step again.',
  );
}

function uncertain({ repository }: Connection, resources: readonly CatalogResource[]): Failure {
  const list = resources.map(
    (one) =>
      `${one.id}: ${oneLine(one.name ?? '', 120)} (${oneLine(one.type, 60)}) ${oneLine(JSON.stringify(one.config), 160)}`,
  );
  return new Failure(
    `It is not certain which resource is the repository ${fullName(repository)}:\n${bullets(list)}`,
    repository.id || repository.provider !== 'azure-devops'
      ? 'Set resource-id to the right one.'
      : 'Set resource-id to the right one, or azure-devops-pat: with it, Azure DevOps tells the ID of the repository.',
  );
}

/**
 * Waits until Konnect has discovered the repository.
 *
 * @throws {NotDiscovered} after `wait-timeout`, with what to check
 */
export async function awaitDiscovery(
  connection: Connection,
  instance: IntegrationInstance,
): Promise<CatalogResource> {
  const { clock, inputs, progress, repository } = connection;
  const start = clock.now();
  const waited = () => clock.now() - start;
  let candidates: Candidates | undefined;
  for (let pause = FIRST_PAUSE; waited() < inputs.waitTimeout; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    progress.info(
      `Konnect has not discovered ${fullName(repository)} yet: waited ${seconds(waited())} of ${seconds(inputs.waitTimeout)}.`,
    );
    await clock.sleep(Math.min(pause, inputs.waitTimeout - waited()));
    // What was too much to be looked through once is not asked for at each look.
    if (!candidates?.tooMany) candidates = await listCandidates(connection, instance);
    const found = await search(connection, instance, candidates);
    if (found) return found;
  }
  throw new NotDiscovered(repository, instance, seconds(waited()));
}

/** Konnect does not know the repository yet: time alone may change that. */
export class NotDiscovered extends Failure {
  override readonly name = 'NotDiscovered';

  constructor(repository: Repository, instance: IntegrationInstance, waited: string) {
    super(
      `Konnect has not discovered the repository ${fullName(repository)} in the integration "${instance.name}", after waiting ${waited} (wait-timeout).`,
      `Check that the repository is in the organization that the integration reads, that the owner of its credential may read it (Code: Read), and that it is not disabled or archived. "Sync Now" on the integration's page in Konnect starts a discovery at once. Then run the step again, with a longer wait-timeout if need be; or set fail-on-pending: false, and the next run goes on from there.`,
    );
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
