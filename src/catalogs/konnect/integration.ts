import { type Ensurable, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { sameHost } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import type { Filter } from './client.ts';
import { type Access, type Connection, integrationsPage, tell } from './connection.ts';
import { homeOf, hostName, isOnCloud } from './hosts.ts';
import { readManifest } from './manifest.ts';
import { checkReadable, placeOf, readingHost } from './place.ts';
import { checkEnabled } from './resource.ts';
import { IntegrationInstance } from './schemas.ts';

const INSTANCES = '/integration-instances';
const CREATED_NAME = 'azure-devops';
const CREATED_DISPLAY_NAME = 'Azure DevOps';

/**
 * Ensures the integration instance that reads the repository's organization.
 *
 * @returns it (undefined in a plan that would create it), and whether it was there before
 */
export async function ensureIntegration(
  connection: Connection,
): Promise<{ instance: IntegrationInstance | undefined; existed: boolean }> {
  const ensured = await ensure(integration(connection), connection);
  const { inputs, repository } = connection;
  tell(
    connection,
    'integration',
    ensured.value?.name ?? inputs.integrationName ?? repository.provider,
    ensured,
  );
  return { instance: ensured.value, existed: ensured.operation !== 'created' };
}

/** Asks for the instances that may be ours. */
function listInstances({ client, inputs, owner }: Access): Promise<IntegrationInstance[]> {
  const filter: Filter = inputs.integrationName
    ? { name: { eq: inputs.integrationName } }
    : { 'integration.name': { eq: owner.provider } };
  return client.list(INSTANCES, IntegrationInstance, filter);
}

/**
 * The integration instance that reads the organization: the one of the given name, else the only one that may be it.
 *
 * @throws {Failure} when several may be it, when the one of the given name reads another organization, or when none is
 *   known to read the organization's host
 */
export async function findIntegration(access: Access): Promise<IntegrationInstance | undefined> {
  const { integrationName: name } = access.inputs;
  checkReadable(access);
  const instances = await listInstances(access);
  if (name)
    checkNamed(
      access,
      instances.find((one) => one.name === name),
    );
  const ours = instances.filter((one) => (!name || one.name === name) && readsOurs(access, one));
  const reading = isOnCloud(access.owner) ? ours : await readingHost(access, ours);
  if (reading.length > 1) throw severalInstances(access, reading);
  return reading[0];
}

function integration(connection: Connection): Ensurable<IntegrationInstance> {
  const { client, inputs, repository } = connection;
  const name = inputs.integrationName ?? CREATED_NAME;
  const wanted = inputs.integrationDisplayName;
  return {
    title: `integration "${name}"`,
    hidden: `Its name may be taken by an instance that this catalog-token may not see. Give the token the role Integration Viewer, or set another integration-name.`,
    find: () => findIntegration(connection),
    differs: (found) => (wanted !== undefined && found.display_name !== wanted ? ['display name'] : []),
    async permit(found) {
      if (found) return;
      if (repository.provider !== 'azure-devops') throw await madeInBrowser(connection);
      if (inputs.integrationName) await warnOfOthers(connection);
      else
        await checkNamed(
          connection,
          (await client.list(INSTANCES, IntegrationInstance, { name: { eq: name } }))[0],
        );
      await connection.provePat(
        `There is no integration for the organization "${repository.organization}" yet, and none is made without a credential.`,
      );
      checkEnabled(await connection.exactly());
    },
    async create() {
      const { organization } = await connection.exactly();
      const body = {
        integration_name: repository.provider,
        name,
        display_name: wanted ?? CREATED_DISPLAY_NAME,
        config: { organization },
      };
      return client.post(INSTANCES, body, IntegrationInstance);
    },
    update: (found) =>
      client.patch(`${INSTANCES}/${found.id}`, { display_name: wanted }, IntegrationInstance),
  };
}

function readsOurs({ owner }: Access, instance: IntegrationInstance): boolean {
  if (instance.integration.name !== owner.provider) return false;
  const { organization, hosts } = placeOf(instance);
  if (hosts.some((host) => !sameHost(host, homeOf(owner)))) return false;
  // An instance that was made in the browser tells its organization only there.
  if (organization === undefined) return owner.provider !== 'azure-devops';
  return organization.toLowerCase() === owner.organization.toLowerCase();
}

function checkNamed(access: Access, found: IntegrationInstance | undefined): void {
  if (!found || readsOurs(access, found)) return;
  const { owner } = access;
  const { organization = '', hosts } = placeOf(found);
  const home = homeOf(owner);
  const elsewhere = hosts.find((host) => !sameHost(host, home));
  const what =
    found.integration.name !== owner.provider
      ? `is of the integration ${oneLine(found.integration.name, 80)}, not ${owner.provider}`
      : elsewhere
        ? `reads ${oneLine(hostName(elsewhere), 80)}, not ${hostName(home)}`
        : `reads the organization "${oneLine(organization, 80)}", not "${owner.organization}"`;
  throw new Failure(
    `The integration "${found.name}" (${found.id}) ${what}. Others may use it, so it is left as it is.`,
    'Set another integration-name, or correct the integration by hand in Konnect.',
  );
}

/** A new name is as it was asked for, or a slip of the pen: then runs without the name could not choose any more. */
async function warnOfOthers(connection: Connection): Promise<void> {
  const { client, inputs, progress, repository } = connection;
  const instances = await client.list(INSTANCES, IntegrationInstance, {
    'integration.name': { eq: repository.provider },
  });
  const [other] = instances.filter((one) => readsOurs(connection, one));
  if (!other) return;
  progress.warning(
    `The integration "${other.name}" (${other.id}) reads the organization "${repository.organization}" already. With "${inputs.integrationName}" beside it, every run must name one of them (integration-name).`,
  );
}

function severalInstances({ owner }: Access, instances: IntegrationInstance[]): Failure {
  const names = instances.map((one) => `${one.name} (${one.id})`);
  return new Failure(
    `Several integrations may read the organization "${owner.organization}":\n${bullets(names)}`,
    'Set integration-name to one of them.',
  );
}

async function madeInBrowser(connection: Connection): Promise<Failure> {
  const { repository } = connection;
  const manifest = await readManifest(connection);
  const install = manifest?.authorization?.config?.app_install_url?.url;
  return new Failure(
    `There is no ${repository.provider} integration${connection.inputs.integrationName ? ` named "${connection.inputs.integrationName}"` : ''} in the catalog.`,
    `It is made and authorized in a browser, once for the organization: ${integrationsPage(connection)}${install ? ` (the app: ${oneLine(install, 200)})` : ''}. Then run the step again.`,
  );
}
