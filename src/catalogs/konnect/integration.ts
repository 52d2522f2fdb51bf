import { type Ensurable, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { bullets, oneLine } from '../../text.ts';
import type { Filter } from './client.ts';
import { type Access, type Connection, integrationsPage, tell } from './connection.ts';
import { readManifest } from './manifest.ts';
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
 * @throws {Failure} when several may be it, or the one of the given name reads another organization
 */
export async function findIntegration(access: Access): Promise<IntegrationInstance | undefined> {
  const { integrationName: name } = access.inputs;
  const instances = await listInstances(access);
  if (name)
    return checkNamed(
      access,
      instances.find((one) => one.name === name),
    );
  const ours = instances.filter((one) => readsOurs(access, one));
  if (ours.length > 1) throw severalInstances(access, ours);
  return ours[0];
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
    },
    create: () =>
      client.post(
        INSTANCES,
        {
          integration_name: repository.provider,
          name,
          display_name: wanted ?? CREATED_DISPLAY_NAME,
          config: { organization: repository.organization },
        },
        IntegrationInstance,
      ),
    update: (found) =>
      client.patch(`${INSTANCES}/${found.id}`, { display_name: wanted }, IntegrationInstance),
  };
}

/** The organization that an instance reads, where its configuration tells. */
function organizationOf(instance: IntegrationInstance): string | undefined {
  const { organization } = instance.config;
  if (typeof organization !== 'string') return undefined;
  const old = /^https:\/\/([^./]+)\.visualstudio\.com/iu.exec(organization);
  return old ? old[1] : organization.replace(/\/+$/u, '').split('/').at(-1);
}

function readsOurs({ owner }: Access, instance: IntegrationInstance): boolean {
  if (instance.integration.name !== owner.provider) return false;
  const organization = organizationOf(instance);
  // An instance that was made in the browser tells its organization only there.
  if (organization === undefined) return owner.provider !== 'azure-devops';
  return organization.toLowerCase() === owner.organization.toLowerCase();
}

function checkNamed(access: Access, found: IntegrationInstance | undefined): IntegrationInstance | undefined {
  if (!found || readsOurs(access, found)) return found;
  const { owner } = access;
  const what =
    found.integration.name === owner.provider
      ? `reads the organization "${oneLine(organizationOf(found) ?? '', 80)}", not "${owner.organization}"`
      : `is of the integration ${oneLine(found.integration.name, 80)}, not ${owner.provider}`;
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
