import { aheadThen, early } from '../../ahead.ts';
import { type Ensurable, ensure, FRESH } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { fullName } from '../../repository.ts';
import { oneLine } from '../../text.ts';
import { type Connection, tell, wouldCreate } from './connection.ts';
import { KonnectError } from './errors.ts';
import { listMappings, listResourcesOf } from './relations.ts';
import { type CatalogResource, type CatalogService, ResourceMapping } from './schemas.ts';
import { plannedName } from './service.ts';

const MAPPINGS = '/resource-mappings';

/** A resource that Konnect has discovered, or the description of one that it will discover. */
export type Mappable = Pick<CatalogResource, 'id'> | ResourceByConfig;

/** `CreateCatalogResourceMappingResourceByConfig`. */
export interface ResourceByConfig {
  integration_instance: string;
  type: string;
  config: Record<string, string | number>;
}

/**
 * Ensures the mapping of the repository's resource to its service.
 *
 * @param to.service undefined in a plan that would create it
 * @param to.made whether this run made it
 * @param target undefined in a plan while Konnect has not discovered the repository
 * @param ahead the first {@link listMappings} of the target, where it was begun ahead of time
 */
export async function ensureMapping(
  connection: Connection,
  { service, made }: { service: CatalogService | undefined; made: boolean },
  target: Mappable | undefined,
  ahead?: Promise<ResourceMapping[]>,
): Promise<void> {
  connection.progress.waiting('the mapping');
  const title = titleOf(connection, service);
  if (!target)
    return tell(connection, 'mapping', title, wouldCreate('once Konnect has discovered the repository'));
  if (!service) return tell(connection, 'mapping', title, wouldCreate());
  const first = ahead ?? listOf(connection, service, target);
  const ensured = await ensure(mapping(connection, service, target, early(first), made), connection);
  if (ensured.value && !('id' in target)) connection.progress.resource(ensured.value.resource.id, '');
  tell(connection, 'mapping', title, ensured);
  if (ensured.value && ensured.operation === 'created')
    await confirm(connection, service, ensured.value.resource.id);
}

/** Tells that the mapping is not made yet. */
export function leaveMapping(
  connection: Connection,
  { service }: { service: CatalogService | undefined },
): void {
  tell(connection, 'mapping', titleOf(connection, service), {
    operation: 'pending',
    value: undefined,
    differences: ['Konnect has not discovered the repository yet'],
  });
}

function titleOf(connection: Connection, service: CatalogService | undefined): string {
  return `${fullName(connection.repository)} to ${service?.name ?? plannedName(connection)}`;
}

function mapping(
  connection: Connection,
  service: CatalogService,
  target: Mappable,
  ahead: Promise<ResourceMapping[]>,
  made: boolean,
): Ensurable<ResourceMapping> {
  const list = aheadThen(ahead, () => listOf(connection, service, target));
  let others: ResourceMapping[] = [];
  return {
    title: `mapping to the service "${service.name}"`,
    settling: made ? FRESH : [],
    hidden: 'Give the catalog-token the role Service Admin of this service, and run the step again.',
    async find() {
      const all = await list();
      others = all.filter((one) => one.service.id !== service.id);
      return all.find((one) => one.service.id === service.id);
    },
    permit() {
      const [other] = others;
      if (!other) return;
      // Mapped since we looked for its service, to one of another name.
      if (!connection.inputs.serviceName) throw mappedElsewhere(connection, service, other);
      connection.progress.warning(
        `The repository is mapped to the service "${oneLine(other.service.name, 130)}" too. If it should not be, remove that mapping in Konnect; until then, every run must name the service (service-name).`,
      );
    },
    create: () =>
      connection.client.post(
        MAPPINGS,
        { service: service.id, resource: 'id' in target ? target.id : target },
        ResourceMapping,
      ),
  };
}

async function listOf(
  connection: Connection,
  service: CatalogService,
  target: Mappable,
): Promise<ResourceMapping[]> {
  const known = 'id' in target ? target : await findByConfig(connection, service, target);
  return known ? listMappings(connection, known) : [];
}

function mappedElsewhere({ repository }: Connection, ours: CatalogService, other: ResourceMapping): Failure {
  const name = oneLine(other.service.name, 130);
  return new Failure(
    `The repository ${fullName(repository)} is mapped to the service "${name}" already.`,
    `Set service-name to "${name}" to keep it there, or to "${ours.name}" to map it to both.`,
  );
}

/** The resource that was mapped to the service by this description before, whether discovered since or not. */
async function findByConfig(
  connection: Connection,
  service: CatalogService,
  { type, config, integration_instance }: ResourceByConfig,
): Promise<CatalogResource | undefined> {
  const resources = await listResourcesOf(connection, service);
  return resources.find(
    (one) =>
      one.type === type &&
      one.integration.instance.id === integration_instance &&
      Object.entries(config).every(([key, value]) => one.config[key] === value),
  );
}

/**
 * Confirms that the service has the resource: an answer to a write is a promise only.
 *
 * @throws {Failure} when it has not, after a few looks
 */
async function confirm(connection: Connection, service: CatalogService, resourceId: string): Promise<void> {
  for (const pause of [0, 1_000, 2_000, 4_000]) {
    if (pause > 0) await connection.clock.sleep(pause);
    const mapped = await listResourcesOf(connection, service, resourceId).catch(notYet);
    if (mapped.some(({ id }) => id === resourceId)) return;
  }
  throw new Failure(
    `Konnect said that the resource ${oneLine(resourceId, 40)} was mapped to the service "${service.name}", but does not list it there.`,
    'Run the step again; if it goes on, look at the service in Konnect.',
  );
}

/** What was made a moment ago may not be there yet for whoever made it. */
function notYet(error: unknown): CatalogResource[] {
  if (error instanceof KonnectError && (error.status === 403 || error.status === 404)) return [];
  throw error;
}
