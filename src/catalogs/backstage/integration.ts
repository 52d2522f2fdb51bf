import { createHash } from 'node:crypto';
import { Failure } from '../../errors.ts';
import { fullName, type Owner } from '../../repository.ts';
import { makingOf, patDigest } from '../../scm/pat.ts';
import { oneLine } from '../../text.ts';
import type { CredentialFacts, Surroundings } from '../catalog.ts';
import type { Connection } from './connection.ts';
import { isLocation } from './entity.ts';
import { generated } from './generate.ts';
import { lastError } from './known.ts';
import { type Reading, type Unread, wasRead } from './reading.ts';
import type { Entity } from './schemas.ts';

/** Integration and credential are the server's own: it is told whether they do. */

/**
 * Says whether the catalog can read the repository.
 *
 * @param known what it has made of the file
 * @throws {Failure} when it cannot, and nothing can be done
 */
export async function tellReading(connection: Connection, reading: Reading, known: Entity[]): Promise<void> {
  if (reading.kind === 'untried') return tellUntried(connection, reading, known);
  tellFacts(connection, reading);
  if (wasRead(reading)) tellOutcomes(connection);
  else
    tellOutcomes(
      connection,
      reading.kind === 'denied' ? "the host refused the catalog's own token" : 'not proven',
    );
  if (reading.kind === 'read' || reading.kind === 'duplicate') return;
  if (reading.kind === 'denied') throw await denied(connection, reading);
  if (reading.kind === 'missing') throw await missing(connection, reading);
  throw new Failure(reading.problem, reading.cure);
}

/** What this token may not try, an earlier reading of the catalog itself may tell. */
async function tellUntried(connection: Connection, reading: Unread, known: Entity[]): Promise<void> {
  const last = await lastError(connection, known);
  if (last) {
    tellFacts(connection, last);
    connection.progress.warning(`${last.problem} ${last.cure}`);
  }
  tellOutcomes(connection, 'this catalog-token may not try it');
  if (known.every(isLocation))
    throw new Failure(
      `${connection.target} is not in the catalog yet, and this catalog-token may not register it. ${reading.problem}`,
      'Give it the permission catalog.location.create (see accessRestrictions and the permission policy of Backstage), or have the file registered by somebody who may.',
    );
}

function tellFacts(connection: Connection, reading: Reading): void {
  const { progress, repository } = connection;
  progress.credential({ ...factsOf(connection, repository, reading), advice: undefined });
}

/** @param doubt why it is not known that they work */
function tellOutcomes({ progress, repository }: Connection, doubt?: string): void {
  const outcome = (thing: 'integration' | 'credential', name: string) =>
    progress.outcome({
      thing,
      operation: doubt ? 'skipped' : 'unchanged',
      name,
      id: '',
      reasons: doubt ? [doubt] : [],
    });
  outcome('integration', new URL(repository.host).host);
  outcome('credential', ownToken(repository));
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
    `${/owner: unknown/u.test(file) ? 'Set spec.owner to the group or user that owns it (or service-custom-fields: owner), and commit' : 'Commit'} the file that is shown above as ${inputs.catalogFile.slice(1)} to the default branch, then run the step again.`,
  );
}

export function ownToken({ host }: Owner): string {
  return `the catalog's own, for ${new URL(host).host}`;
}

function adviceOf(owner: Owner, reading: Reading): CredentialFacts['advice'] {
  if (reading.kind === 'read' || wasRead(reading)) return undefined;
  const { kind, problem, cure } = reading;
  if (kind === 'denied') return { problem, cure };
  const host = new URL(owner.host).host;
  return { problem: `It is unknown whether the catalog's own token for ${host} works. ${problem}`, cure };
}

export function factsOf(
  { inputs }: Pick<Surroundings, 'inputs'>,
  owner: Owner,
  reading: Reading,
): CredentialFacts {
  const status = wasRead(reading) ? 'valid' : reading.kind === 'denied' ? 'tainted' : 'unknown';
  const key = createHash('sha256')
    .update(`${inputs.catalogUrl} ${owner.host} ${owner.organization}`)
    .digest('hex')
    .slice(0, 12);
  return {
    status,
    advice: adviceOf(owner, reading),
    subject: `The token with which the catalog reads ${new URL(owner.host).host}`,
    inUse: status === 'valid',
    integration: { name: new URL(owner.host).host, page: inputs.catalogUrl },
    key,
    owner,
    // The catalog does not tell its tokens apart: the PAT that is given stands for it.
    credential: inputs.azureDevOpsPat ? patDigest(key, inputs.azureDevOpsPat).slice(0, 12) : 'own',
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
