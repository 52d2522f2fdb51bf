import type { Connection } from './connection.ts';
import { CatalogResource, CatalogService, ResourceMapping } from './schemas.ts';

/** What is mapped to what. */

export function listMappings(
  { client }: Connection,
  resource: Pick<CatalogResource, 'id'>,
): Promise<ResourceMapping[]> {
  return client.list('/resource-mappings', ResourceMapping, { 'resource.id': { eq: resource.id } });
}

/** The services that a resource is mapped to. */
export function listServicesOf({ client }: Connection, resource: CatalogResource): Promise<CatalogService[]> {
  return client.list(`/resources/${resource.id}/catalog-services`, CatalogService);
}

/**
 * The resources that are mapped to a service.
 *
 * @param id only the one of this ID
 */
export function listResourcesOf(
  { client }: Connection,
  service: CatalogService,
  id?: string,
): Promise<CatalogResource[]> {
  return client.list(`/catalog-services/${service.id}/resources`, CatalogResource, {
    id: id ? { eq: id } : undefined,
  });
}
