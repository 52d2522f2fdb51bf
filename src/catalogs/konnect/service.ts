import { aheadThen } from '../../ahead.ts';
import { type Ensurable, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { fullName } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import { type Connection, tell } from './connection.ts';
import { REPOSITORY_LABEL, repositoryMark, serviceNameFor } from './naming.ts';
import { checkNotAnothers, servicesBefore } from './ownership.ts';
import { listServicesOf } from './relations.ts';
import { type CatalogResource, CatalogService } from './schemas.ts';

const SERVICES = '/catalog-services';

/** The name that the service has unless the repository is mapped to another. */
export function plannedName({ inputs, repository }: Connection): string {
  return inputs.serviceName ?? serviceNameFor(repository);
}

export async function readServiceByName(connection: Connection): Promise<CatalogService | undefined> {
  const name = plannedName(connection);
  const found = await connection.client.list(SERVICES, CatalogService, { name: { eq: name } });
  return found.find((service) => service.name === name);
}

/** What was looked up ahead of time. */
interface Ahead {
  /** The first {@link readServiceByName}; undefined where it was of another name. */
  named: Promise<CatalogService | undefined> | undefined;
  /** The first {@link listServicesOf} the resource; empty without one. */
  mapped: Promise<CatalogService[]>;
  /** What the repository was before it was deleted and created again. */
  former: CatalogResource[];
}

/**
 * Ensures the catalog service of the repository: the one of the given name; else the one that the repository is
 * mapped to, or was before it was deleted and created again; else the one named after the repository.
 *
 * @param resource undefined while Konnect has not discovered the repository
 * @returns it (undefined in a plan that would create it), and whether this run made it
 */
export async function ensureService(
  connection: Connection,
  resource: CatalogResource | undefined,
  ahead: Ahead,
): Promise<{ service: CatalogService | undefined; made: boolean }> {
  const ensured = await ensure(service(connection, resource, ahead), connection);
  const name = ensured.value?.name ?? plannedName(connection);
  tell(connection, 'service', name, ensured);
  connection.progress.serviceName(name);
  return { service: ensured.value, made: ensured.operation === 'created' };
}

function service(
  connection: Connection,
  resource: CatalogResource | undefined,
  ahead: Ahead,
): Ensurable<CatalogService> {
  const { client, inputs, repository } = connection;
  const name = plannedName(connection);
  const byName = () => readServiceByName(connection);
  const named = ahead.named === undefined ? byName : aheadThen(ahead.named, byName);
  const mapped = aheadThen(ahead.mapped, async () => (resource ? listServicesOf(connection, resource) : []));
  let before: Promise<CatalogService[]> | undefined;
  return {
    title: `service "${name}"`,
    hidden:
      'Its name may be taken by a service that this catalog-token may not see: give the token the role Service Viewer, or Service Admin of that service. Or set another service-name.',
    async find() {
      if (inputs.serviceName) return named();
      let services = await mapped();
      if (services.length === 0) {
        before ??= servicesBefore(connection, ahead.former);
        services = await before;
      }
      if (services.length > 1) throw severalServices(connection, services);
      if (services[0]) return services[0];
      const found = await named();
      if (found) await checkNotAnothers(connection, found, resource);
      return found;
    },
    differs: (found) => [...changesOf(connection, found).keys()],
    permit(found) {
      if (found || inputs.serviceName || repository.name.toLowerCase() !== repository.id?.toLowerCase())
        return;
      throw new Failure(
        `The service cannot be named after the repository: its address has the ID ${repository.name} in the place of the name.`,
        'Set service-name, or write the repository with its name, or set azure-devops-pat: with it, Azure DevOps tells the name.',
      );
    },
    create: () =>
      client.post(
        SERVICES,
        {
          name,
          display_name: inputs.serviceDisplayName ?? repository.name.slice(0, 120),
          ...(inputs.serviceDescription === undefined ? {} : { description: inputs.serviceDescription }),
          labels: {
            ...inputs.serviceLabels,
            ...(inputs.serviceName ? {} : { [REPOSITORY_LABEL]: repositoryMark(repository) }),
          },
          custom_fields: Object.fromEntries(
            Object.entries(inputs.serviceCustomFields).filter(([, value]) => value !== null),
          ),
        },
        CatalogService,
      ),
    update: (found) =>
      client.patch(
        `${SERVICES}/${found.id}`,
        patchOf(found, [...changesOf(connection, found).values()]),
        CatalogService,
      ),
  };
}

interface Change {
  field: 'display_name' | 'description' | 'labels' | 'custom_fields';
  key?: string;
  value: unknown;
}

/** What was declared and is not so, by the words that people see. */
function changesOf({ inputs }: Connection, found: CatalogService): Map<string, Change> {
  const changes = new Map<string, Change>();
  const { serviceDisplayName: displayName, serviceDescription: description } = inputs;
  if (displayName !== undefined && displayName !== found.display_name)
    changes.set('display name', { field: 'display_name', value: displayName });
  if (description !== undefined && description !== found.description)
    changes.set('description', { field: 'description', value: description });
  for (const [key, value] of Object.entries(inputs.serviceLabels))
    if (found.labels?.[key] !== value) changes.set(`label ${key}`, { field: 'labels', key, value });
  for (const [key, value] of Object.entries(inputs.serviceCustomFields))
    if (!sameField(value, found.custom_fields?.[key]))
      changes.set(`custom field ${key}`, { field: 'custom_fields', key, value });
  return changes;
}

/** Konnect may leave out a field that is null, or write it. */
function sameField(wanted: unknown, found: unknown): boolean {
  if (typeof wanted === 'object' && wanted !== null && typeof found === 'object' && found !== null)
    return Object.entries(wanted).every(([key, value]) => (found as Record<string, unknown>)[key] === value);
  return (wanted ?? null) === (found ?? null);
}

/**
 * Only what differs, and the custom fields of others with it: the contract does not say that those are merged. Labels
 * are: null removes one (`LabelsUpdate`), and Kong's own may be read but not written.
 */
function patchOf(found: CatalogService, changes: Change[]): Record<string, unknown> {
  const others = Object.entries(found.custom_fields ?? {}).filter(([, value]) => (value ?? null) !== null);
  const body: Record<string, unknown> = {};
  for (const { field, key, value } of changes) {
    const before = body[field] ?? (field === 'custom_fields' ? Object.fromEntries(others) : {});
    body[field] = key === undefined ? value : { ...(before as object), [key]: value };
  }
  return body;
}

function severalServices({ repository }: Connection, services: CatalogService[]): Failure {
  const list = services.map((one) => `${oneLine(one.name, 130)} (${one.id})`);
  return new Failure(
    `The repository ${fullName(repository)} is mapped to several services:\n${bullets(list)}`,
    'Set service-name to the one that this step is to care for.',
  );
}
