import { aheadThen } from '../../ahead.ts';
import { type Ensurable, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { fullName, PROVIDERS } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import { type Connection, tell } from './connection.ts';
import { matchResource } from './matching.ts';
import { REPOSITORY_LABEL, repositoryMark, serviceNameFor } from './naming.ts';
import { CatalogResource, CatalogService } from './schemas.ts';

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

export function listServicesOf({ client }: Connection, resource: CatalogResource): Promise<CatalogService[]> {
  return client.list(`/resources/${resource.id}/catalog-services`, CatalogService);
}

/** The resources that are mapped to a service. */
export function listResourcesOf(
  { client }: Connection,
  service: CatalogService,
  id?: string,
): Promise<CatalogResource[]> {
  return client.list(`${SERVICES}/${service.id}/resources`, CatalogResource, {
    id: id ? { eq: id } : undefined,
  });
}

/** Look-ups that were begun ahead of time. */
interface Ahead {
  /** The first {@link readServiceByName}. */
  named: Promise<CatalogService | undefined>;
  /** The first {@link listServicesOf} the resource; empty without one. */
  mapped: Promise<CatalogService[]>;
}

/**
 * Ensures the catalog service of the repository: the one of the given name; else the one that the repository is
 * mapped to; else the one named after the repository.
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
  const named = aheadThen(ahead.named, () => readServiceByName(connection));
  const mapped = aheadThen(ahead.mapped, async () => (resource ? listServicesOf(connection, resource) : []));
  return {
    title: `service "${name}"`,
    hidden:
      'Its name may be taken by a service that this catalog-token may not see: give the token the role Service Viewer, or Service Admin of that service. Or set another service-name.',
    async find() {
      if (inputs.serviceName) return named();
      const services = await mapped();
      if (services.length > 1) throw severalServices(connection, services);
      if (services[0]) return services[0];
      const found = await named();
      if (found) await checkNotAnothers(connection, found, resource);
      return found;
    },
    differs: (found) => [...changesOf(connection, found).keys()],
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
        patchOf([...changesOf(connection, found).values()]),
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

/** Only what differs: Konnect merges labels and custom fields, so the keys of others stay. */
function patchOf(changes: Change[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { field, key, value } of changes)
    body[field] = key === undefined ? value : { ...(body[field] as object | undefined), [key]: value };
  return body;
}

function severalServices({ repository }: Connection, services: CatalogService[]): Failure {
  const list = services.map((one) => `${oneLine(one.name, 130)} (${one.id})`);
  return new Failure(
    `The repository ${fullName(repository)} is mapped to several services:\n${bullets(list)}`,
    'Set service-name to the one that this step is to care for.',
  );
}

/** Two repositories of one name in two projects are common; a derived name must not merge them. */
async function checkNotAnothers(
  connection: Connection,
  found: CatalogService,
  ours: CatalogResource | undefined,
): Promise<void> {
  const { repository } = connection;
  const mapped = await listResourcesOf(connection, found);
  const mine = repositoryMark(repository);
  const isOurs = (one: CatalogResource) => {
    if (ours) return one.id === ours.id;
    const match = matchResource([one], repository);
    // Where the resource does not tell enough, our own mark on the service does.
    return (
      match.kind === 'one' ||
      (match.kind === 'none' && match.similar.length > 0 && found.labels?.[REPOSITORY_LABEL] === mine)
    );
  };
  const other = mapped.find((one) => !isOurs(one) && mayBeRepository(connection, one, ours));
  const mark = found.labels?.[REPOSITORY_LABEL] ?? mine;
  if (!other && (mark === mine || mapped.some(isOurs))) return;
  const whose = other
    ? `mapped to another repository: ${oneLine(`${other.name ?? ''} (${other.id}) ${JSON.stringify(other.config)}`)}`
    : 'made for another repository';
  throw new Failure(
    `The service "${found.name}" (${found.id}) has the name that ${fullName(repository)} would get, but is ${whose}.`,
    'Set service-name to another name, for a service of its own, or to this name, to map both repositories to it.',
  );
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
