import type { Ensurable } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { oneLine } from '../../text.ts';
import { aheadThen, type Connection } from './connection.ts';
import { type CatalogResource, type CatalogService, ResourceMapping } from './schemas.ts';
import { listResourcesOf } from './service.ts';

const MAPPINGS = '/resource-mappings';

/** A resource that Konnect has discovered, or the description of one that it will discover. */
export type Mappable = Pick<CatalogResource, 'id'> | ResourceByConfig;

/** `CreateCatalogResourceMappingResourceByConfig`. */
export interface ResourceByConfig {
  integration_instance: string;
  type: string;
  config: Record<string, string | number>;
}

export function listMappings(
  { client }: Connection,
  resource: Pick<CatalogResource, 'id'>,
): Promise<ResourceMapping[]> {
  return client.list(MAPPINGS, ResourceMapping, { 'resource.id': { eq: resource.id } });
}

/**
 * The mapping of the repository's resource to its service.
 *
 * @param ahead the first {@link listMappings} of the resource; empty without one
 */
export function mapping(
  connection: Connection,
  service: CatalogService,
  resource: Mappable,
  ahead: Promise<ResourceMapping[]>,
): Ensurable<ResourceMapping> {
  const { client } = connection;
  const list = aheadThen(ahead, async () => {
    const known = 'id' in resource ? resource : await findByConfig(connection, service, resource);
    return known ? listMappings(connection, known) : [];
  });
  return {
    title: `mapping to the service "${service.name}"`,
    repair: 'updated',
    hidden: 'Give the catalog-token the role Service Admin of this service, and run the step again.',
    find: async () => (await list()).find((one) => one.service.id === service.id),
    differs: () => [],
    create: () =>
      client.post(
        MAPPINGS,
        { service: service.id, resource: 'id' in resource ? resource.id : resource },
        ResourceMapping,
      ),
    update: (found) => Promise.resolve(found),
  };
}

/** The resource that was mapped to the service by this description before, whether discovered since or not. */
export async function findByConfig(
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
export async function confirm(
  connection: Connection,
  service: CatalogService,
  resourceId: string,
): Promise<void> {
  for (const pause of [0, 1_000, 2_000, 4_000]) {
    if (pause > 0) await connection.clock.sleep(pause);
    const mapped = await listResourcesOf(connection, service, resourceId);
    if (mapped.some(({ id }) => id === resourceId)) return;
  }
  throw new Failure(
    `Konnect said that the resource ${oneLine(resourceId, 40)} was mapped to the service "${service.name}", but does not list it there.`,
    'Run the step again; if it goes on, look at the service in Konnect.',
  );
}
