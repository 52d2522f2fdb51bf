import { early } from '../../ahead.ts';
import { Failure } from '../../errors.ts';
import { isLoopback } from '../../http/address.ts';
import type { Operation } from '../../inputs/table.ts';
import { type Owner, type Repository, sameHost, trueHost } from '../../repository.ts';
import { AZURE_DEVOPS } from '../../repository-host.ts';
import { type CodeSearch, searchCode } from '../../scm/code-search.ts';
import { backstageClient } from '../backstage/client.ts';
import type { Connection } from '../backstage/connection.ts';
import { chooseComponent, componentRef, isLocation, isOrphan, refOf } from '../backstage/entity.ts';
import { missing } from '../backstage/integration.ts';
import { findByName, lastError, observe } from '../backstage/known.ts';
import { read, type Unread } from '../backstage/reading.ts';
import { register } from '../backstage/registration.ts';
import type { Entity } from '../backstage/schemas.ts';
import { targetOf } from '../backstage/target.ts';
import type { Catalog, Surroundings } from '../catalog.ts';
import type { RoadieConnection } from './connection.ts';
import { ensureSecret, factsOf, tellCredential } from './credential.ts';
import { guideOf } from './guide.ts';
import { push } from './push.ts';
import { readAzureToken } from './secrets.ts';

const API = 'https://api.roadie.so';

/** Roadie: a hosted Backstage, of which parts are set up by people. */
export function roadie({ http, ...surroundings }: Surroundings): Catalog {
  const { inputs } = surroundings;
  const { api, site } = addressesOf(inputs.catalogUrl);
  const client = backstageClient(http, api, inputs.catalogToken);
  return {
    title: `Roadie at ${api}`,
    async connect(repository, progress) {
      const target = targetOf(repository, inputs.catalogFile);
      const { azureDevOpsPat: pat } = inputs;
      const onAzure = repository.provider === 'azure-devops';
      await connect({
        ...surroundings,
        client,
        repository,
        progress,
        plan: inputs.command === 'plan',
        target,
        site,
        guide: guideOf(site, repository, inputs.catalogFile, target),
        search: async () =>
          onAzure && pat ? searchCode(http, repository, inputs.catalogFile, pat) : 'unknown',
      });
    },
    async inspect(owner, progress) {
      if (owner.provider !== 'azure-devops')
        throw new Failure(
          `Roadie reads ${owner.provider} by an app: there is no PAT to remind of.`,
          'To be reminded of the PAT in AZURE_TOKEN, set azure-devops-organization.',
        );
      refuseServer(owner, 'Set azure-devops-organization to one of dev.azure.com.');
      progress.waiting('the secret AZURE_TOKEN');
      const [secret, reading] = await Promise.all([
        // Not to know is not to have none: it would look like another credential.
        readAzureToken(client, false),
        'name' in owner ? observe(client, targetOf(owner as Repository, inputs.catalogFile)) : undefined,
      ]);
      if (secret.status === 'Updating')
        throw new Failure(
          'Roadie is updating the secret AZURE_TOKEN.',
          'Run the step again in some minutes.',
        );
      const unseen = secret.status === 'unseen';
      if (unseen && !inputs.patExpiresOn && !inputs.azureDevOpsPat)
        throw new Failure(
          `The status of the secret AZURE_TOKEN cannot be seen, and nothing else is known of the PAT in it. ${secret.why}`,
          'Give the catalog-token the permission "Backend config read", or set pat-expires-on.',
        );
      tellCredential(progress, unseen ? 'skipped' : 'unchanged', []);
      return factsOf(surroundings, owner, site, secret, reading);
    },
  };
}

/** Loopback is where a stand-in for Azure DevOps is tried. */
function refuseServer(owner: Owner, cure: string): void {
  const host = trueHost(owner);
  const isCloud = sameHost(host, AZURE_DEVOPS) || isLoopback(new URL(host).hostname);
  if (owner.provider === 'azure-devops' && !isCloud)
    throw new Failure(
      `Roadie does not read Azure DevOps Server, so it cannot read repositories of ${host}.`,
      cure,
    );
}

/** A tenant has pages of its own, but its API is everybody's. */
export function addressesOf(url: string): { api: string; site: string } {
  const { hostname, origin } = new URL(url);
  if (!hostname.endsWith('.roadie.so')) return { api: url, site: url };
  return { api: API, site: origin === API ? 'https://<your tenant>.roadie.so' : origin };
}

async function connect(connection: RoadieConnection): Promise<void> {
  const { client, inputs, progress, repository, target } = connection;
  if (inputs.entity !== 'push')
    refuseServer(repository, 'With entity: push, this step gives the entity to Roadie itself.');
  progress.waiting('what Roadie knows of the repository');
  const searching = early(connection.search());
  const indexed = await client.entitiesFrom(target);
  const known = indexed.every(isLocation) ? [...indexed, ...(await findByName(connection))] : indexed;
  const entities = known.filter((one) => !isLocation(one) && !isOrphan(one));
  const there = entities.length > 0;
  if (inputs.entity === 'push' && !there) {
    tell(connection, 'integration', 'skipped', ['not needed for a pushed entity']);
    tellCredential(progress, 'skipped', ['not needed for a pushed entity']);
    return push(connection);
  }
  if (there) {
    await tellLastReading(connection, await lastError(connection, known));
    return registerKnown(connection, entities, undefined);
  }

  if (repository.provider === 'azure-devops' && (await isMissing(connection)))
    throw await missing(connection, {
      kind: 'missing',
      problem: `There is no ${inputs.catalogFile} in the repository, so Roadie has nothing to read.`,
      cure: 'Commit one to the default branch; with entity: generate, this step shows one. Or set entity: push.',
    });
  // Roadie's documents do not name this call: where it is not offered, people do it on a page.
  const reading = await read(client, target);
  if (reading.kind === 'invalid') throw new Failure(reading.problem, reading.cure);
  if (reading.kind === 'missing') throw await missing(connection, reading);
  if (reading.kind === 'read' || reading.kind === 'duplicate') {
    tell(connection, 'integration', 'unchanged', ['Roadie can read the repository']);
    await ensureSecret(connection, reading);
    return reading.kind === 'read'
      ? registerKnown(connection, reading.entities, reading.entities)
      : register(connection, componentRef(inputs, repository), undefined, []);
  }
  if (reading.kind === 'denied' && repository.provider === 'azure-devops') {
    await tellRefusal(connection, reading);
    return leaveEntity(connection);
  }
  if (reading.kind === 'unclear') {
    tell(connection, 'integration', 'skipped', ['not proven']);
    if ((await ensureSecret(connection, reading)) !== 'wrong')
      throw new Failure(reading.problem, reading.cure);
    return leaveEntity(connection);
  }
  await leaveToPeople(connection, await searching);
}

/** Of an entity that is there: whether Roadie could still read its file, when it last did. */
async function tellLastReading(connection: RoadieConnection, error: Unread | undefined): Promise<void> {
  if (error?.kind === 'denied' && connection.repository.provider === 'azure-devops')
    return tellRefusal(connection, error);
  if (error) connection.progress.warning(`${error.problem} ${error.cure}`);
  tell(connection, 'integration', 'unchanged', ['its entity is there']);
  await ensureSecret(connection, error);
}

async function tellRefusal(connection: RoadieConnection, refusal: Unread): Promise<void> {
  connection.progress.info(refusal.problem);
  tell(connection, 'integration', 'pending', ['Roadie cannot read the repository']);
  await ensureSecret(connection, refusal);
}

async function registerKnown(
  connection: RoadieConnection,
  entities: Entity[],
  file: Entity[] | undefined,
): Promise<void> {
  const { inputs, repository } = connection;
  const chosen = chooseComponent(entities, inputs, repository);
  await register(connection, refOf(chosen), file ? chosen : undefined, file ? [] : entities);
}

/** Whether the file is not there, as far as somebody can tell. */
async function isMissing({ azureDevOps, inputs, readSecret, repository }: Connection): Promise<boolean> {
  if (!readSecret) return false;
  return azureDevOps.readFile(repository, inputs.catalogFile, readSecret).then(
    (text) => text === undefined,
    () => false,
  );
}

/** What is left is done in a browser, once for the organization: each step is told once, in order. */
async function leaveToPeople(connection: RoadieConnection, search: CodeSearch): Promise<void> {
  const { progress, guide, repository } = connection;
  const onAzure = repository.provider === 'azure-devops';
  if (search === 'not found')
    progress.info('Code Search does not find the catalog file (yet): Roadie discovers what is indexed.');
  if (onAzure && (search === 'missing' || search === 'unknown'))
    progress.todo(guide.codeSearch(search === 'missing'));
  tell(connection, 'integration', 'pending', ['it is set up in a browser']);
  if ((await ensureSecret(connection)) === 'unseen') progress.todo(guide.secret('unknown'));
  for (const step of guide.reading()) progress.todo(step);
  leaveEntity(connection);
}

function leaveEntity(connection: RoadieConnection): void {
  tell(connection, 'service', 'pending', ['Roadie has not read it yet']);
  tell(connection, 'mapping', 'pending', ['Roadie has not read it yet']);
}

function tell(
  { progress, repository, target }: Connection,
  thing: 'integration' | 'service' | 'mapping',
  operation: Operation,
  reasons: string[],
): void {
  const name = { integration: new URL(repository.host).host, service: repository.name, mapping: target }[
    thing
  ];
  progress.outcome({ thing, operation, name, id: '', reasons });
}
