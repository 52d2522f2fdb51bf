import { Failure } from '../../errors.ts';
import type { Catalog } from '../catalog.ts';
import { type Connection, early } from './connection.ts';
import { ensureCredential } from './credential.ts';
import { describeByManifest } from './describe.ts';
import { ensureIntegration } from './integration.ts';
import { readManifest } from './manifest.ts';
import { ensureMapping, listMappings, type Mappable } from './mapping.ts';
import { awaitDiscovery, listCandidates, locate } from './resource.ts';
import type { CatalogResource, IntegrationInstance } from './schemas.ts';
import { ensureService, listServicesOf, readServiceByName } from './service.ts';

/** Kong Konnect's Catalog. */
export function konnect(deps: Omit<Connection, 'repository' | 'progress' | 'provePat' | 'plan'>): Catalog {
  const plan = deps.inputs.command === 'plan';
  return {
    title: `Konnect Catalog at ${deps.inputs.catalogUrl}`,
    connect: (repository, progress) =>
      connect({ ...deps, plan, repository, progress, provePat: proofOnce({ ...deps, repository }) }),
  };
}

function proofOnce({
  inputs,
  azureDevOps,
  repository,
}: Pick<Connection, 'inputs' | 'azureDevOps' | 'repository'>): Connection['provePat'] {
  let proof: Promise<unknown> | undefined;
  return async (why) => {
    if (!inputs.azureDevOpsPat)
      throw new Failure(
        why,
        'Set azure-devops-pat to a personal access token with the scope Code: Read in this organization only.',
      );
    proof ??= azureDevOps.read(repository, { pat: inputs.azureDevOpsPat });
    await proof;
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
    instance && existed ? candidates.then((found) => locate(connection, instance, found)) : nothing(),
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
    const described = describeByManifest(await readManifest(connection), instance, connection.repository);
    if (typeof described !== 'string') return described;
    progress.info(`The repository cannot be mapped before its discovery: ${described}.`);
  }
  if (plan) return undefined;
  if (advice) throw new Failure('Konnect does not know the repository yet, and cannot discover it.', advice);
  progress.waiting('the discovery of the repository');
  const resource = await awaitDiscovery(connection, instance);
  tellResource(connection, resource);
  return resource;
}
