import { fullName, type Repository } from '../../repository.ts';
import { type Filter, TooManyRecords } from './client.ts';
import type { Connection } from './connection.ts';
import { KonnectError } from './errors.ts';
import { CatalogResource, type IntegrationInstance } from './schemas.ts';

/** What a search by name found. */
export interface Candidates {
  /** What they were asked for by. */
  repository: Repository;
  resources: CatalogResource[];
  /** Set where they are too many to be looked through; then `resources` is empty. */
  tooMany?: TooManyRecords;
}

/**
 * Asks for the resources that may be the repository: those of the integration whose name holds the repository's name
 * or ID. Whether the name has more in it (the project, a URL) is not published.
 *
 * @param instance restricts to one instance, once it is known
 */
export async function listCandidates(
  connection: Connection,
  instance?: IntegrationInstance,
): Promise<Candidates> {
  const { client, inputs, repository } = connection;
  if (inputs.resourceId) return { repository, resources: await readChosen(connection, inputs.resourceId) };
  const scope: Filter = instance
    ? { 'integration.instance.id': { eq: instance.id } }
    : inputs.integrationName
      ? { 'integration.instance.name': { eq: inputs.integrationName } }
      : { 'integration.name': { eq: repository.provider } };
  try {
    const name = { ocontains: searchTerms(repository) };
    return { repository, resources: await client.walk('/resources', CatalogResource, { ...scope, name }) };
  } catch (error) {
    if (error instanceof TooManyRecords) return { repository, resources: [], tooMany: error };
    throw error;
  }
}

async function readChosen({ client }: Connection, id: string): Promise<CatalogResource[]> {
  try {
    return [await client.get(`/resources/${id}`, CatalogResource)];
  } catch (error) {
    if (error instanceof KonnectError && error.status === 404) return [];
    throw error;
  }
}

/** Whether a search by what is known of the repository now would be the same. */
export function isStillOf({ repository }: Candidates, now: Repository): boolean {
  return searchTerms(repository).join() === searchTerms(now).join();
}

/** A comma separates the values of the filter, so the longest piece without one stands for the whole. */
function searchTerms({ name, id }: Repository): string[] {
  const longest = name.split(',').reduce((a, b) => (b.length > a.length ? b : a));
  return [...new Set([longest, encodeURIComponent(longest), ...(id?.includes('-') ? [id] : [])])];
}

/** Asks for the resources of the repository's ID, whatever their names: it was renamed, or the name is none. */
export async function listById(
  { client, repository }: Connection,
  instance: IntegrationInstance,
): Promise<CatalogResource[]> {
  if (!repository.id) return [];
  try {
    return await client.walk('/resources', CatalogResource, {
      'integration.instance.id': { eq: instance.id },
      config: { contains: repository.id.toLowerCase() },
    });
  } catch (error) {
    // The contract has this filter, but not what it means for a whole `config`.
    if (error instanceof KonnectError && error.status === 400) return [];
    throw error;
  }
}

/** Asks for the resources that have exactly the repository's name, or its path. */
export async function listByExactName(
  { client, repository }: Connection,
  instance: IntegrationInstance,
): Promise<CatalogResource[]> {
  const { name, project } = repository;
  const names = [name, `${project}/${name}`, fullName(repository)].filter((one) => !one.includes(','));
  if (names.length === 0) return [];
  return client.walk('/resources', CatalogResource, {
    'integration.instance.id': { eq: instance.id },
    name: { oeq: names },
  });
}
