import { Failure } from '../../errors.ts';
import { fullName, type Repository } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import type { Filter } from './client.ts';
import type { Connection } from './connection.ts';
import { KonnectError } from './errors.ts';
import { matchResource } from './matching.ts';
import { CatalogResource, type IntegrationInstance } from './schemas.ts';

/** The pauses between looks while waiting (milliseconds): the first, and the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Asks for the resources that may be the repository: those of the integration whose name holds the repository's name
 * or ID. Whether the name has more in it (the project, a URL) is not published.
 *
 * @param instance restricts to one instance, once it is known
 */
export async function listCandidates(
  connection: Connection,
  instance?: IntegrationInstance,
): Promise<CatalogResource[]> {
  const { client, inputs, repository } = connection;
  if (inputs.resourceId) return readChosen(connection, inputs.resourceId);
  const scope: Filter = instance
    ? { 'integration.instance.id': { eq: instance.id } }
    : inputs.integrationName
      ? { 'integration.instance.name': { eq: inputs.integrationName } }
      : { 'integration.name': { eq: repository.provider } };
  return client.walk('/resources', CatalogResource, {
    ...scope,
    name: { ocontains: searchTerms(repository) },
  });
}

async function readChosen({ client }: Connection, id: string): Promise<CatalogResource[]> {
  try {
    return [await client.get(`/resources/${id}`, CatalogResource)];
  } catch (error) {
    if (error instanceof KonnectError && error.status === 404) return [];
    throw error;
  }
}

/** A comma separates the values of the filter, so the longest piece without one stands for the whole. */
function searchTerms({ name, id }: Repository): string[] {
  const longest = name.split(',').reduce((a, b) => (b.length > a.length ? b : a));
  return [...new Set([longest, encodeURIComponent(longest), ...(id?.includes('-') ? [id] : [])])];
}

/**
 * The resource that is the repository, or undefined when Konnect does not know it yet.
 *
 * @param candidates the first {@link listCandidates}
 * @param thorough whether to look again by what Azure DevOps says of it, where it is not found by what we know
 * @throws {Failure} when it is not certain which one it is, or when it is archived
 */
export async function locate(
  connection: Connection,
  instance: IntegrationInstance,
  candidates: readonly CatalogResource[],
  thorough: boolean,
): Promise<CatalogResource | undefined> {
  const { inputs, repository } = connection;
  const ours = candidates.filter((one) => one.integration.instance.id === instance.id);
  if (inputs.resourceId) return chosen(inputs.resourceId, instance, ours, candidates);
  const match = matchResource(ours, repository);
  if (match.kind === 'one') return notArchived(match.resource);
  const unsure = match.kind === 'several' ? match.resources : match.similar;
  if (unsure.length === 0 && !thorough) return undefined;
  const exact = repository.id ? undefined : await connection.identify();
  if (exact) {
    const known = { ...connection, repository: exact };
    return locate(
      known,
      instance,
      exact.name === repository.name ? ours : await listCandidates(known, instance),
      thorough,
    );
  }
  if (unsure.length > 0) throw uncertain(connection, unsure);
  return repository.id ? locateById(connection, instance) : undefined;
}

/** A repository that was renamed, and that Konnect still knows by its old name. */
async function locateById(
  connection: Connection,
  instance: IntegrationInstance,
): Promise<CatalogResource | undefined> {
  const { client, repository } = connection;
  const filter: Filter = {
    'integration.instance.id': { eq: instance.id },
    config: { contains: repository.id ?? '' },
  };
  try {
    const match = matchResource(await client.walk('/resources', CatalogResource, filter), repository);
    if (match.kind === 'several') throw uncertain(connection, match.resources);
    return match.kind === 'one' ? notArchived(match.resource) : undefined;
  } catch (error) {
    // The contract has this filter, but not what it means for a whole `config`.
    if (error instanceof KonnectError && error.status === 400) return undefined;
    throw error;
  }
}

function chosen(
  id: string,
  instance: IntegrationInstance,
  ours: readonly CatalogResource[],
  all: readonly CatalogResource[],
): CatalogResource {
  if (ours[0]) return notArchived(ours[0]);
  const where = all[0]
    ? `belongs to the integration "${oneLine(all[0].integration.instance.name, 130)}", not "${instance.name}"`
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
 * @throws {Failure} after `wait-timeout`, with what to check
 */
export async function awaitDiscovery(
  connection: Connection,
  instance: IntegrationInstance,
): Promise<CatalogResource> {
  const { clock, inputs, progress, repository } = connection;
  const start = clock.now();
  const waited = () => clock.now() - start;
  for (let pause = FIRST_PAUSE; waited() < inputs.waitTimeout; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    progress.info(
      `Konnect has not discovered ${fullName(repository)} yet: waited ${seconds(waited())} of ${seconds(inputs.waitTimeout)}.`,
    );
    await clock.sleep(Math.min(pause, inputs.waitTimeout - waited()));
    const found = await locate(connection, instance, await listCandidates(connection, instance), false);
    if (found) return found;
  }
  throw new Failure(
    `Konnect has not discovered the repository ${fullName(repository)} in the integration "${instance.name}", after waiting ${seconds(waited())} (wait-timeout).`,
    `Check that the repository is in the organization that the integration reads, that the owner of its credential may read it (Code: Read), and that it is not disabled or archived. "Sync Now" on the integration's page in Konnect starts a discovery at once. Then run the step again, with a longer wait-timeout if need be.`,
  );
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
