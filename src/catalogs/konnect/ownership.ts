import { Failure } from '../../errors.ts';
import { fullName, PROVIDERS } from '../../repository.ts';
import { oneLine } from '../../text.ts';
import type { Connection } from './connection.ts';
import { anotherIdOf, matchResource, predecessorsOf } from './matching.ts';
import { REPOSITORY_LABEL, repositoryMark } from './naming.ts';
import { listResourcesOf, listServicesOf } from './relations.ts';
import type { CatalogResource, CatalogService } from './schemas.ts';

/**
 * Whose a service is, where the repository's own resource is not mapped yet: two repositories of one name in two
 * projects are common, and so is one that was deleted and created again.
 */

/**
 * The services that the repository was mapped to before it was deleted and created again; says so where there are some.
 *
 * @param former the resources of the repository that was deleted, as far as Konnect still has them
 */
export async function servicesBefore(
  connection: Connection,
  former: CatalogResource[],
): Promise<CatalogService[]> {
  for (const resource of former) {
    const services = await listServicesOf(connection, resource);
    if (services.length === 0 || !(await wasRecreated(connection, resource, false))) continue;
    tellRecreated(connection, resource);
    return services;
  }
  return [];
}

/**
 * A service of the derived name must be nobody else's.
 *
 * @param ours the repository's resource, where Konnect has discovered it
 * @throws {Failure} when another repository is mapped to it, or it was made for one
 */
export async function checkNotAnothers(
  connection: Connection,
  found: CatalogService,
  ours: CatalogResource | undefined,
): Promise<void> {
  const { repository } = connection;
  const mapped = await listResourcesOf(connection, found);
  const mine = repositoryMark(repository);
  const mark = found.labels?.[REPOSITORY_LABEL];
  const isOurs = (one: CatalogResource) => {
    if (ours) return one.id === ours.id;
    const match = matchResource([one], repository);
    // Where the resource does not tell enough, our own mark on the service does.
    return match.kind === 'one' || (match.kind === 'none' && match.similar.length > 0 && mark === mine);
  };
  const others = mapped.filter((one) => !isOurs(one) && mayBeRepository(connection, one, ours));
  for (const other of others) {
    if (!(await wasRecreated(connection, other, mark === mine))) throw anothers(connection, found, other);
    tellRecreated(connection, other);
  }
  if (others.length > 0 || (mark ?? mine) === mine || mapped.some(isOurs)) return;
  throw anothers(connection, found);
}

function mayBeRepository(
  { repository }: Connection,
  resource: CatalogResource,
  ours: CatalogResource | undefined,
): boolean {
  const integration = resource.integration.name;
  if (!PROVIDERS.some((provider) => provider === integration)) return false;
  return !ours || integration !== repository.provider || resource.type === ours.type;
}

/**
 * Whether a resource of another ID is what the repository was before: it has its path, which two that live cannot have.
 * Where Azure DevOps can be asked, the old one must be gone: it may have been renamed.
 *
 * @param isMarked whether our mark says that its service was made for this path: the resource may not tell its own
 */
async function wasRecreated(
  connection: Connection,
  resource: CatalogResource,
  isMarked: boolean,
): Promise<boolean> {
  const id = anotherIdOf(resource, connection.repository);
  if (id === undefined) return false;
  const exists = await connection.exists(id);
  if (exists === false && isMarked) return true;
  return exists !== true && predecessorsOf([resource], connection.repository).length > 0;
}

function tellRecreated({ progress, repository }: Connection, former: CatalogResource): void {
  progress.warning(
    `The repository ${fullName(repository)} was recreated (deleted, and created again under its name), and keeps its service. The old resource ${former.id}${former.name ? ` (${oneLine(former.name, 130)})` : ''} is still mapped to that service: remove this mapping in Konnect.`,
  );
}

function anothers(
  { repository }: Connection,
  { name, id }: CatalogService,
  other?: CatalogResource,
): Failure {
  const whose = other
    ? `mapped to another repository: ${oneLine(`${other.name ?? ''} (${other.id}) ${JSON.stringify(other.config)}`)}`
    : 'made for another repository';
  return new Failure(
    `The service "${name}" (${id}) has the name that ${fullName(repository)} would get, but is ${whose}.`,
    'Set service-name to another name, for a service of its own, or to this name, to map both repositories to it.',
  );
}
