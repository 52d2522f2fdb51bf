import { parseOrganization } from '../../azure-address.ts';
import { Failure } from '../../errors.ts';
import { sameHost } from '../../repository.ts';
import type { Access } from './connection.ts';
import { hostsOf } from './description.ts';
import { cloudOf, homeOf, hostName, isOnCloud, namesAddress } from './hosts.ts';
import { readManifest } from './manifest.ts';
import { CatalogResource, type IntegrationInstance } from './schemas.ts';

/** What an instance reads, as far as its configuration says. */
interface Place {
  organization: string | undefined;
  /** Empty where it names none. */
  hosts: string[];
}

export function placeOf({ config }: IntegrationInstance): Place {
  const hosts = Object.entries(config).flatMap(([key, value]) =>
    namesAddress(key) && typeof value === 'string' && value !== '' ? [value] : [],
  );
  const { organization: text } = config;
  if (typeof text !== 'string') return { organization: undefined, hosts };
  // It may be given by its address.
  const { organization, host }: { organization: string; host?: string } = parseOrganization(text) ?? {
    organization: text,
  };
  return { organization, hosts: host === undefined ? hosts : [...hosts, host] };
}

/**
 * Which of the instances of an organization read its host, which is none that Konnect documents: those whose
 * configuration has that host's address, where the integration's manifest has a field for one; and those whose resources
 * are at that host.
 *
 * @throws {Failure} when there is none
 */
export async function readingHost(
  access: Access,
  instances: IntegrationInstance[],
): Promise<IntegrationInstance[]> {
  const home = homeOf(access.owner);
  const manifest = await readManifest(access);
  const fields = Object.keys(manifest?.config_schema ?? {}).filter(namesAddress);
  const verdicts = await Promise.all(
    instances.map(
      async (instance) =>
        fields.some((field) => sameHost(String(instance.config[field] ?? ''), home)) ||
        (await hasResourcesAt(access, instance, home)),
    ),
  );
  const reading = instances.filter((_, index) => verdicts[index]);
  if (reading.length === 0) throw notRead(access, fields);
  return reading;
}

/** Of the first page: all resources of an instance are at one host. */
async function hasResourcesAt(
  { client, owner }: Access,
  instance: IntegrationInstance,
  home: string,
): Promise<boolean> {
  const resources = await client.peek('/resources', CatalogResource, {
    'integration.instance.id': { eq: instance.id },
  });
  const hosts = resources.map((resource) => hostsOf(resource, owner.provider));
  const isHere = (told: string[]) => told.some((host) => sameHost(host, home));
  return (
    hosts.some(isHere) &&
    !hosts.some((told) => !isHere(told) && told.some((host) => sameHost(host, cloudOf(owner))))
  );
}

/** @throws {Failure} for a host that no integration reads, whatever the catalog has */
export function checkReadable({ owner }: Pick<Access, 'owner'>): void {
  if (owner.provider !== 'gitlab' || isOnCloud(owner)) return;
  throw new Failure(
    `Konnect cannot read ${hostName(owner.host)}: its gitlab integration reads gitlab.com only, since self-managed GitLab was removed on 2026-10-26. Nothing was changed.`,
    OTHER_CATALOG,
  );
}

const OTHER_CATALOG =
  'To connect repositories of this host, use a catalog that reads it (catalog: backstage).';

function notRead({ owner }: Access, [field]: string[]): Failure {
  const host = hostName(owner.host);
  const cloud = cloudOf(owner);
  const { organization, provider } = owner;
  const cures = [
    provider === 'azure-devops'
      ? `If "${organization}" is on dev.azure.com, set azure-devops-url to ${cloud}.`
      : '',
    field
      ? `To have Konnect read ${host}, create an integration in Konnect with its field "${field}" set to that host.`
      : '',
    OTHER_CATALOG,
  ];
  return new Failure(
    `Konnect's ${provider} integration is not known to read ${host}: its documentation names ${hostName(cloud)} only, and no integration for "${organization}" has the address or the repositories of ${host}. Nothing was changed.`,
    cures.filter(Boolean).join(' '),
  );
}
