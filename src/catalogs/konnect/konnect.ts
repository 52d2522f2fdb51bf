import { early } from '../../ahead.ts';
import { Failure, messageOf } from '../../errors.ts';
import type { Repository } from '../../repository.ts';
import { RepositoryRefused } from '../../scm/repository-refused.ts';
import type { Catalog, CredentialFacts, Progress, Surroundings } from '../catalog.ts';
import { konnectClient } from './client.ts';
import { type Access, type Connection, tell } from './connection.ts';
import { ensureCredential, inspectCredential } from './credential.ts';
import { describeByManifest } from './describe.ts';
import { ensureIntegration, findIntegration } from './integration.ts';
import { readManifest } from './manifest.ts';
import { ensureMapping, listMappings, type Mappable } from './mapping.ts';
import { awaitDiscovery, listCandidates, locate } from './resource.ts';
import type { CatalogResource, IntegrationInstance } from './schemas.ts';
import { ensureService, listServicesOf, readServiceByName } from './service.ts';

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
        ...azureDevOpsReads(surroundings, repository, progress),
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

/** What is asked of Azure DevOps. */
function azureDevOpsReads(
  { inputs, azureDevOps, readSecret }: Surroundings,
  repository: Repository,
  progress: Progress,
): Pick<Connection, 'provePat' | 'identify'> {
  const pat = inputs.azureDevOpsPat;
  return {
    async provePat(why) {
      if (pat) return void (await azureDevOps.read(repository, { pat }));
      throw new Failure(
        why,
        'Set azure-devops-pat to a personal access token with the scope Code: Read in this organization only.',
      );
    },
    async identify() {
      if (repository.provider !== 'azure-devops' || !readSecret) return undefined;
      try {
        return await azureDevOps.read(repository, readSecret);
      } catch (error) {
        // What does not exist is not waited for. Else it is a help, not a must: a PAT is judged where it is to be stored.
        if (pat && error instanceof RepositoryRefused && error.status === 404) throw error;
        progress.info(`The repository's ID is not known: ${messageOf(error)}`);
        return undefined;
      }
    },
  };
}

/** Reads that do not depend on one another run at once: a run that changes nothing makes two rounds of them. */
async function connect(connection: Connection): Promise<void> {
  const { inputs } = connection;
  const candidates = early(listCandidates(connection));
  const named = early(readServiceByName(connection));
  connection.progress.waiting('the integration');
  const { instance, existed } = await ensureIntegration(connection);

  const located = early(
    instance && existed ? candidates.then((found) => locate(connection, instance, found, true)) : nothing(),
  );
  const mapped = early(
    located.then((found) => (found && !inputs.serviceName ? listServicesOf(connection, found) : [])),
  );
  const mappings = early(located.then((found) => (found ? listMappings(connection, found) : [])));
  connection.progress.waiting('the credential');
  const advice = await ensureCredential(connection, instance, existed);

  connection.progress.waiting('the service');
  const resource = await located;
  if (resource) tellResource(connection, resource);
  const served = await ensureService(connection, resource, { named, mapped });

  if (resource) return ensureMapping(connection, served, resource, mappings);
  const target = instance && (await notYetDiscovered(connection, instance, advice));
  return ensureMapping(connection, served, target);
}

async function nothing(): Promise<undefined> {}

function tellResource({ progress }: Connection, { id, name }: CatalogResource): void {
  progress.resource(id, name ?? '');
}

/**
 * What to map where Konnect does not know the repository yet; undefined in a plan, which does not wait.
 *
 * @param advice why Konnect cannot discover anything at present
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
