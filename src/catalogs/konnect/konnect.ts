import { type Ensured, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { fullName } from '../../repository.ts';
import { oneLine } from '../../text.ts';
import type { Catalog, Progress } from '../catalog.ts';
import { type Connection, early } from './connection.ts';
import {
  adviceFor,
  credential,
  missingPermissions,
  notePat,
  readCredential,
  statusOf,
} from './credential.ts';
import { describeByManifest } from './describe.ts';
import { integration, listInstances } from './integration.ts';
import { readManifest } from './manifest.ts';
import { confirm, findByConfig, listMappings, type Mappable, mapping } from './mapping.ts';
import { awaitDiscovery, listCandidates, locate } from './resource.ts';
import type {
  AuthCredential,
  CatalogResource,
  CatalogService,
  IntegrationInstance,
  ResourceMapping,
} from './schemas.ts';
import { listServicesOf, plannedName, readServiceByName, service } from './service.ts';

/** Kong Konnect's Catalog. */
export function konnect(deps: Omit<Connection, 'repository' | 'progress' | 'provePat'>): Catalog {
  return {
    title: `Konnect Catalog at ${deps.inputs.catalogUrl}`,
    connect: (repository, progress) =>
      connect({ ...deps, repository, progress, provePat: proofOnce({ ...deps, repository }) }),
  };
}

function proofOnce({
  inputs,
  azureDevOps,
  repository,
}: Pick<Connection, 'inputs' | 'azureDevOps' | 'repository'>) {
  let proof: Promise<unknown> | undefined;
  return async (why: string) => {
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
  const { inputs, progress, clock } = connection;
  const mode = { plan: inputs.command === 'plan', clock };

  const candidates = early(listCandidates(connection));
  const named = early(readServiceByName(connection));
  const integrated = await ensure(integration(connection, listInstances(connection)), mode);
  const instance = integrated.value;
  tell(
    progress,
    'integration',
    integrated,
    instance?.name ?? inputs.integrationName ?? connection.repository.provider,
  );

  const existed = integrated.operation !== 'created' && instance !== undefined;
  const located = early(
    existed ? candidates.then((found) => locate(connection, instance, found)) : Promise.resolve(undefined),
  );
  const mapped = early(
    located.then((found) => (found && !inputs.serviceName ? listServicesOf(connection, found) : [])),
  );
  const mappings = early(located.then((found) => (found ? listMappings(connection, found) : [])));
  const advice = await ensureCredential(connection, mode.plan, instance, existed);

  let resource: CatalogResource | undefined = await located;
  if (resource) progress.resource(resource.id, oneLine(resource.name ?? ''));
  const served = await ensure(service(connection, resource, { named, mapped }), mode);
  tell(progress, 'service', served, served.value?.name ?? plannedName(connection));
  progress.serviceName(served.value?.name ?? plannedName(connection));

  let target: Mappable | undefined = resource;
  if (!target && instance && inputs.mapBeforeDiscovery)
    target = await beforeDiscovery(connection, instance, served.value);
  if (!target && instance && !mode.plan) {
    if (advice)
      throw new Failure('Konnect does not know the repository yet, and cannot discover it.', advice);
    resource = await awaitDiscovery(connection, instance);
    progress.resource(resource.id, oneLine(resource.name ?? ''));
    await checkNotMapped(connection, resource, served.value);
    target = resource;
  }
  await ensureMapping(
    connection,
    mode,
    served.value,
    target,
    target === resource && existed ? mappings : undefined,
  );
}

function tell(
  progress: Progress,
  thing: 'integration' | 'credential' | 'service' | 'mapping',
  ensured: Ensured<{ id: string }>,
  name: string,
): void {
  const { operation, value, differences } = ensured;
  progress.outcome({ thing, operation, name, id: value?.id ?? '', reasons: differences });
}

/** @returns what a person must do before Konnect can read the organization; undefined when all is well */
async function ensureCredential(
  connection: Connection,
  plan: boolean,
  instance: IntegrationInstance | undefined,
  existed: boolean,
): Promise<string | undefined> {
  const { inputs, progress, clock, repository } = connection;
  const title = `for ${repository.organization}`;
  if (!instance) {
    tell(progress, 'credential', { operation: 'created', value: undefined, differences: [] }, title);
    progress.credentialStatus('missing');
    return undefined;
  }
  const ahead = early(existed ? readCredential(connection, instance) : Promise.resolve(undefined));
  const pat = repository.provider === 'azure-devops' ? inputs.azureDevOpsPat : undefined;
  const ensured: Ensured<AuthCredential> = pat
    ? await ensure(credential(connection, instance, pat, ahead), { plan, clock })
    : await checked(ahead);
  tell(progress, 'credential', ensured, title);
  const fresh = !plan && (ensured.operation === 'created' || ensured.operation === 'replaced');
  const status = statusOf(instance, ensured.value, clock.now(), fresh);
  progress.credentialStatus(status);
  if (fresh && pat && ensured.value) await notePat(connection, instance, ensured.value, pat);
  for (const warning of missingPermissions(ensured.value)) progress.warning(warning);
  const advice =
    ensured.operation === 'unchanged' || ensured.operation === 'skipped'
      ? adviceFor(connection, status)
      : undefined;
  if (advice) progress.warning(advice);
  return advice;
}

async function checked(ahead: Promise<AuthCredential | undefined>): Promise<Ensured<AuthCredential>> {
  const value = await ahead;
  return { operation: value ? 'unchanged' : 'skipped', value, differences: [] };
}

async function beforeDiscovery(
  connection: Connection,
  instance: IntegrationInstance,
  found: CatalogService | undefined,
): Promise<Mappable | undefined> {
  const described = describeByManifest(await readManifest(connection), instance, connection.repository);
  if (typeof described !== 'string')
    return (found && (await findByConfig(connection, found, described))) ?? described;
  connection.progress.info(`The repository cannot be mapped before its discovery: ${described}.`);
  return undefined;
}

/** While we waited for its discovery, somebody may have mapped the repository to a service of another name. */
async function checkNotMapped(
  connection: Connection,
  resource: CatalogResource,
  ours: CatalogService | undefined,
): Promise<void> {
  if (connection.inputs.serviceName) return;
  const others = (await listMappings(connection, resource)).filter(({ service: { id } }) => id !== ours?.id);
  const [other] = others;
  if (!other) return;
  throw new Failure(
    `The repository ${fullName(connection.repository)} is mapped to the service "${oneLine(other.service.name, 130)}" already.`,
    `Set service-name to "${oneLine(other.service.name, 130)}" to keep it there${ours ? `, or to "${ours.name}" to map it to both` : ''}.`,
  );
}

async function ensureMapping(
  connection: Connection,
  mode: { plan: boolean; clock: Connection['clock'] },
  to: CatalogService | undefined,
  target: Mappable | undefined,
  ahead: Promise<ResourceMapping[]> | undefined,
): Promise<void> {
  const { progress, repository } = connection;
  const title = `${fullName(repository)} to ${to?.name ?? plannedName(connection)}`;
  if (!to || !target) {
    const differences = target ? [] : ['once Konnect has discovered the repository'];
    tell(progress, 'mapping', { operation: 'created', value: undefined, differences }, title);
    return;
  }
  const known = 'id' in target ? target : undefined;
  const first = ahead ?? (known ? listMappings(connection, known) : Promise.resolve([]));
  const ensured = await ensure(mapping(connection, to, target, first), mode);
  if (ensured.value && !known) progress.resource(ensured.value.resource.id, '');
  tell(progress, 'mapping', ensured, title);
  if (ensured.value && ensured.operation === 'created')
    await confirm(connection, to, ensured.value.resource.id);
}
