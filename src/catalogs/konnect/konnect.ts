import { early } from '../../ahead.ts';
import { Failure } from '../../errors.ts';
import type { Catalog, CredentialFacts, Surroundings } from '../catalog.ts';
import { konnectClient } from './client.ts';
import { type Access, type Connection, tell } from './connection.ts';
import { ensureCredential, inspectCredential } from './credential.ts';
import { describeByManifest } from './describe.ts';
import { ensureIntegration, findIntegration } from './integration.ts';
import { readManifest } from './manifest.ts';
import { ensureMapping, leaveMapping, type Mappable } from './mapping.ts';
import { questionsOf } from './questions.ts';
import { listMappings, listServicesOf } from './relations.ts';
import { awaitDiscovery, locate, NotDiscovered } from './resource.ts';
import type { CatalogResource, IntegrationInstance } from './schemas.ts';
import { listCandidates } from './search.ts';
import { ensureService, plannedName, readServiceByName } from './service.ts';

/** Kong Konnect's Catalog. */
export function konnect(surroundings: Surroundings): Catalog {
  const { inputs, http } = surroundings;
  const dependencies = {
    ...surroundings,
    client: konnectClient(http, inputs.catalogUrl, inputs.catalogToken),
  };
  return {
    title: `Konnect Catalog at ${inputs.catalogUrl}`,
    connect: (repository, progress) =>
      connect({
        ...dependencies,
        plan: inputs.command === 'plan',
        owner: repository,
        repository,
        progress,
        ...questionsOf(surroundings, repository, progress),
      }),
    inspect: (owner, progress) => inspect({ ...dependencies, owner, progress }),
  };
}

async function inspect(access: Access): Promise<CredentialFacts> {
  const { inputs, owner, progress } = access;
  progress.waiting('the integration');
  const instance = await findIntegration(access);
  if (!instance)
    throw new Failure(
      `There is no ${owner.provider} integration${inputs.integrationName ? ` named "${inputs.integrationName}"` : ` for "${owner.organization}"`} in the catalog, so there is no credential to remind of.`,
      owner.provider === 'azure-devops'
        ? 'Check azure-devops-organization, integration-name and catalog-region; command: register makes the integration.'
        : 'To be reminded of a PAT of Azure DevOps, set azure-devops-organization.',
    );
  tell(access, 'integration', instance.name, { operation: 'unchanged', value: instance, differences: [] });
  progress.waiting('the credential');
  return inspectCredential(access, instance);
}

/** Reads that do not depend on one another run at once: a run that changes nothing makes two rounds of them. */
async function connect(connection: Connection): Promise<void> {
  const { inputs, progress } = connection;
  const candidates = early(listCandidates(connection));
  const named = early(readServiceByName(connection));
  const exactly = early(connection.exactly());
  progress.waiting('the integration');
  const { instance, existed } = await ensureIntegration(connection);

  const located = early(
    exactly.then(async (repository) =>
      instance && existed
        ? locate({ ...connection, repository }, instance, await candidates)
        : { resource: undefined, former: [], repository },
    ),
  );
  const mapped = early(
    located.then(({ resource }) =>
      resource && !inputs.serviceName ? listServicesOf(connection, resource) : [],
    ),
  );
  const mappings = early(
    located.then(({ resource }) => (resource ? listMappings(connection, resource) : [])),
  );
  progress.waiting('the credential');
  const advice = await ensureCredential(connection, instance, existed);

  progress.waiting('the service');
  const { resource, former, repository } = await located;
  const exact = { ...connection, repository };
  if (resource) tellResource(exact, resource);
  const served = await ensureService(exact, resource, {
    named: plannedName(exact) === plannedName(connection) ? named : undefined,
    mapped,
    former,
  });

  if (resource) return ensureMapping(exact, served, resource, mappings);
  try {
    const target = instance && (await notYetDiscovered(exact, instance, advice));
    return await ensureMapping(exact, served, target);
  } catch (error) {
    if (inputs.failOnPending || !(error instanceof NotDiscovered)) throw error;
    leaveMapping(exact, served);
    progress.warning(
      `${error.message} The mapping is pending: the next run of this step goes on from there (fail-on-pending is false).`,
    );
  }
}

function tellResource({ progress }: Connection, { id, name }: CatalogResource): void {
  progress.resource(id, name ?? '');
}

/**
 * What to map where Konnect does not know the repository yet; undefined in a plan, which does not wait.
 *
 * @param advice why Konnect cannot discover anything at present
 * @throws {NotDiscovered}
 */
async function notYetDiscovered(
  connection: Connection,
  instance: IntegrationInstance,
  advice: string | undefined,
): Promise<Mappable | undefined> {
  const { inputs, progress, plan } = connection;
  if (inputs.mapBeforeDiscovery) {
    // By exact names: another case of one would be another resource.
    const exact = (await connection.identify()) ?? connection.repository;
    const described = describeByManifest(await readManifest(connection), instance, exact);
    if (typeof described !== 'string') return described;
    progress.info(`The repository cannot be mapped before its discovery: ${described}.`);
  }
  if (advice) throw new Failure('Konnect does not know the repository yet, and cannot discover it.', advice);
  if (plan) return undefined;
  progress.waiting('the discovery of the repository');
  const resource = await awaitDiscovery(connection, instance);
  tellResource(connection, resource);
  return resource;
}
