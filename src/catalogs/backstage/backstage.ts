import { createHash } from 'node:crypto';
import { Failure } from '../../errors.ts';
import type { Operation } from '../../inputs/table.ts';
import { fullName, type Owner, type Repository } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';
import { oneLine } from '../../text.ts';
import type { Catalog, CredentialFacts, Surroundings } from '../catalog.ts';
import { machineName } from '../machine-name.ts';
import { backstageClient } from './client.ts';
import type { Connection } from './connection.ts';
import { chooseComponent, isOrphan, originOf, refOf } from './entity.ts';
import { generated } from './generate.ts';
import { type Reading, read, type Unread } from './reading.ts';
import { awaitEntity, ensureCurrent, ensureLocation, readOurs } from './registration.ts';
import type { Entity } from './schemas.ts';
import { sameFile, targetOf } from './target.ts';

/** `metadata.name` of an entity. */
const LONGEST_NAME = 63;

/** A Backstage of one's own. */
export function backstage({ http, ...surroundings }: Surroundings): Catalog {
  const { inputs } = surroundings;
  const client = backstageClient(http, inputs.catalogUrl, inputs.catalogToken);
  return {
    title: `Backstage at ${inputs.catalogUrl}`,
    connect: (repository, progress) =>
      connect({
        ...surroundings,
        client,
        repository,
        progress,
        plan: inputs.command === 'plan',
        target: targetOf(repository, inputs.catalogFile),
      }),
    async inspect(owner, progress) {
      progress.waiting('the catalog to read the repository');
      const reading = await read(client, targetOf(repositoryOf(owner), inputs.catalogFile));
      if (reading.kind !== 'read' && !seen(reading)) throw new Failure(reading.problem, reading.cure);
      progress.outcome({
        thing: 'credential',
        operation: 'unchanged',
        name: ownToken(owner),
        id: '',
        reasons: [],
      });
      return factsOf(surroundings, owner, reading);
    },
  };
}

async function connect(connection: Connection): Promise<void> {
  const { client, progress, inputs, repository, target } = connection;
  progress.waiting('the catalog to read the repository');
  const [reading, known] = await Promise.all([read(client, target), client.entitiesFrom(target)]);
  await tellReading(connection, reading, known);

  const entities = reading.kind === 'read' ? reading.entities : known;
  const file = chooseComponent(entities, inputs.serviceName, machineName(repository.name, LONGEST_NAME));
  await register(connection, refOf(file), reading.kind === 'read' ? file : undefined, known);
}

/**
 * Ensures location and entity, and tells of them.
 *
 * @param file the entity as the catalog would make it now; undefined where that could not be asked
 * @param known what the catalog has made of the file before
 */
export async function register(
  connection: Connection,
  ref: string,
  file: Entity | undefined,
  known: Entity[],
): Promise<void> {
  const { client, progress, plan, target } = connection;
  const [found, registered] = await Promise.all([readOurs(connection, ref), client.locationOf(target)]);
  // What is left of a file that nothing names any more is as good as not there.
  const before = found && isOrphan(found) ? undefined : found;
  // On top of one that is there by other means, nothing is registered: it would be there twice.
  const means = registered ? undefined : otherMeans(target, before, known);
  const location = means
    ? { operation: 'unchanged' as const, value: undefined, differences: [means] }
    : await ensureLocation(connection);
  progress.outcome({
    thing: 'mapping',
    operation: location.operation,
    name: target,
    id: location.value?.id ?? '',
    reasons: location.differences,
  });

  progress.serviceName(ref);
  if (!before && (plan || connection.inputs.waitTimeout === 0))
    return tellService(connection, ref, 'created', undefined, plan ? [] : ['not waited for']);
  const entity = before ?? (await awaitEntity(connection, ref, location.operation === 'unchanged'));
  const { operation, value, differences } = await ensureCurrent(connection, file, entity);
  tellService(connection, ref, before ? operation : 'created', value, before ? differences : []);
}

/** How the catalog came to know the file, if nobody registered it. */
function otherMeans(target: string, entity: Entity | undefined, known: Entity[]): string | undefined {
  const origin = entity ? originOf(entity).replace(/^url:/u, '') : target;
  if (origin !== target) return sameFile(origin, target) ? `known as ${origin}` : `listed by ${origin}`;
  const there = entity ?? known.find((one) => one.kind.toLowerCase() !== 'location' && !isOrphan(one));
  return there ? 'found by discovery' : undefined;
}

function tellService(
  { progress }: Connection,
  name: string,
  operation: Operation,
  entity: Entity | undefined,
  reasons: string[],
): void {
  progress.outcome({
    thing: 'service',
    operation,
    name,
    id: entity?.metadata.uid ?? '',
    reasons,
  });
}

/** Says whether the catalog can read the repository. @throws {Failure} when it cannot, and nothing can be done */
async function tellReading(connection: Connection, reading: Reading, known: Entity[]): Promise<void> {
  const { progress, repository } = connection;
  const outcome = (thing: 'integration' | 'credential', name: string, reasons: string[] = []) =>
    progress.outcome({
      thing,
      operation: reasons.length > 0 ? 'skipped' : 'unchanged',
      name,
      id: '',
      reasons,
    });
  if (seen(reading)) progress.credential({ ...factsOf(connection, repository, reading), advice: undefined });
  if (reading.kind === 'denied') throw await denied(connection, reading);
  if (reading.kind === 'unreachable') throw new Failure(reading.problem, reading.cure);
  const untried = reading.kind === 'untried' ? ['this catalog-token may not try it'] : [];
  outcome('integration', new URL(repository.host).host, untried);
  outcome('credential', ownToken(repository), untried);
  if (reading.kind === 'read') return;
  if (reading.kind === 'missing') throw await missing(connection, reading);
  if (reading.kind === 'invalid') throw new Failure(reading.problem, reading.cure);
  if (known.every(({ kind }) => kind.toLowerCase() === 'location'))
    throw new Failure(reading.problem, reading.cure);
}

/** With the PAT that is given, it can be told whether another one would help. */
async function denied({ inputs, azureDevOps, repository }: Connection, reading: Unread): Promise<Failure> {
  const { azureDevOpsPat: pat, catalogFile } = inputs;
  if (!pat || repository.provider !== 'azure-devops') return new Failure(reading.problem, reading.cure);
  const tried = await azureDevOps.readFile(repository, catalogFile, { pat }).then(
    () => ' The azure-devops-pat that is given can read the repository: it would do.',
    (error: Error) => ` The azure-devops-pat that is given cannot read it either: ${oneLine(error.message)}`,
  );
  return new Failure(reading.problem, `${reading.cure}${tried}`);
}

/** There is no catalog file: on request, one is shown. */
export async function missing(connection: Connection, reading: Unread): Promise<Failure> {
  const { inputs, progress, repository } = connection;
  if (inputs.entity !== 'generate') {
    const assumed =
      repository.provider === 'azure-devops' || repository.defaultBranch
        ? ''
        : ' The default branch is taken for main, because the run does not tell it.';
    return new Failure(reading.problem, `${reading.cure}${assumed}`);
  }
  const file = await generated(inputs, repository);
  progress.document(`${inputs.catalogFile.slice(1)} for ${fullName(repository)}`, file);
  return new Failure(
    `There is no ${inputs.catalogFile} in ${fullName(repository)} yet.`,
    `Commit the file that is shown above as ${inputs.catalogFile.slice(1)} to the default branch, then run the step again.`,
  );
}

function ownToken({ host }: Owner): string {
  return `the catalog's own, for ${new URL(host).host}`;
}

/** Whether it shows how it is with the catalog's own token. */
function seen({ kind }: Reading): boolean {
  return kind === 'read' || kind === 'invalid' || kind === 'denied';
}

function factsOf({ inputs }: Pick<Surroundings, 'inputs'>, owner: Owner, reading: Reading): CredentialFacts {
  const denied = reading.kind === 'denied';
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  return {
    status: denied ? 'tainted' : 'valid',
    advice: denied ? { problem: reading.problem, cure: reading.cure } : undefined,
    subject: `The token with which the catalog reads ${new URL(owner.host).host}`,
    inUse: !denied,
    integration: { name: new URL(owner.host).host, page: inputs.catalogUrl },
    key: digest(`${inputs.catalogUrl} ${owner.host} ${owner.organization}`),
    owner,
    // The catalog does not tell its tokens apart: the PAT that is given stands for it.
    credential: digest(inputs.azureDevOpsPat ? `${owner.host} ${inputs.azureDevOpsPat}` : owner.host),
    storedOn: undefined,
    expiresOn: undefined,
    recorded: undefined,
    fromPat: undefined,
    store: "put it into the catalog's configuration",
    renewal: [
      ...(owner.provider === 'azure-devops' ? [makingOf(owner)] : ['Make a new token for the host.']),
      "Put it into the catalog's configuration (under integrations, in the place of the old one), and restart the catalog.",
    ],
  };
}

function repositoryOf(owner: Owner): Repository {
  if ('name' in owner) return owner as Repository;
  throw new Failure(
    'Backstage tells only of a repository whether it can read it.',
    'Set repository to one of the organization that has a catalog file.',
  );
}
