import { createHash } from 'node:crypto';
import type { Operation } from '../../inputs/table.ts';
import type { Owner } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';
import type { CredentialFacts, Progress, Surroundings } from '../catalog.ts';
import type { RoadieConnection } from './connection.ts';
import { readAzureToken, type Secret } from './secrets.ts';

/** Milliseconds between two looks. */
const PAUSE = 5_000;

/**
 * The secret with which Roadie reads Azure DevOps: nothing but a page can set it, so it is checked and waited for.
 *
 * @param refused whether Azure DevOps was seen refusing it
 * @returns whether anything is known of it
 */
export async function ensureSecret(connection: RoadieConnection, refused: boolean): Promise<boolean> {
  const { progress, guide, repository, site, inputs } = connection;
  if (repository.provider !== 'azure-devops') {
    tellCredential(progress, 'skipped', ['not of Azure DevOps']);
    return false;
  }
  const secret = await readSettled(connection);
  if (!secret && !refused) {
    tellCredential(progress, 'skipped', ['its status cannot be seen']);
    return false;
  }
  const facts = factsOf(connection, repository, site, secret);
  progress.credential({ ...facts, status: refused ? 'tainted' : facts.status, advice: undefined });
  const wrong = refused ? 'Azure DevOps refuses the PAT in it' : ailmentOf(secret);
  tellCredential(progress, wrong ? 'pending' : 'unchanged', wrong ? [wrong] : []);
  if (secret?.status === 'Updating') progress.todo('Wait until Roadie has updated the secret AZURE_TOKEN.');
  else if (wrong) progress.todo(guide.secret(inputs.azureDevOpsPat && !refused ? 'given' : 'new'));
  else if (secret && isAnother(secret, inputs.azureDevOpsPat)) progress.warning(guide.otherSecret());
  return true;
}

/** The secret, when Roadie has done with updating it. */
async function readSettled({
  client,
  clock,
  inputs,
  plan,
  progress,
}: RoadieConnection): Promise<Secret | undefined> {
  progress.waiting('the secret AZURE_TOKEN');
  const start = clock.now();
  for (;;) {
    const secret = await readAzureToken(client);
    if (secret?.status !== 'Updating' || plan || clock.now() - start >= inputs.waitTimeout) return secret;
    progress.info('Roadie is updating the secret AZURE_TOKEN.');
    await clock.sleep(PAUSE);
  }
}

/** What is not well with the secret, as far as Roadie tells. */
function ailmentOf(secret: Secret | undefined): string | undefined {
  if (secret?.status === 'Updating') return 'it is being updated';
  return secret?.status === 'Not Set' ? 'it is not set' : undefined;
}

/** As far as the last four characters tell. */
function isAnother({ status, ending }: Secret, pat: string | undefined): boolean {
  return status === 'Available' && pat !== undefined && ending !== undefined && !pat.endsWith(ending);
}

export function tellCredential({ outcome }: Progress, operation: Operation, reasons: string[]): void {
  outcome({ thing: 'credential', operation, name: 'AZURE_TOKEN', id: '', reasons });
}

export function factsOf(
  { inputs }: Pick<Surroundings, 'inputs'>,
  owner: Owner,
  site: string,
  secret: Secret | undefined,
): CredentialFacts {
  const { azureDevOpsPat: pat } = inputs;
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  const page = `${site}/administration/secrets`;
  const unset = secret?.status === 'Not Set';
  return {
    status: unset ? 'missing' : 'valid',
    advice: unset
      ? { problem: 'The secret AZURE_TOKEN of Roadie is not set.', cure: `Put a PAT into it at ${page}.` }
      : undefined,
    subject: 'The PAT in the secret AZURE_TOKEN of Roadie',
    inUse: false,
    integration: { name: 'AZURE_TOKEN', page },
    key: digest(`${inputs.catalogUrl} ${owner.host} ${owner.organization} AZURE_TOKEN`),
    owner,
    credential: unset ? '' : digest(`AZURE_TOKEN ${secret?.ending ?? ''}`),
    storedOn: undefined,
    expiresOn: undefined,
    recorded: undefined,
    fromPat: secret?.ending && pat ? pat.endsWith(secret.ending) : undefined,
    store: `put it into the secret AZURE_TOKEN at ${page}`,
    renewal: [makingOf(owner), `Put it into the secret AZURE_TOKEN at ${page} (it takes some minutes).`],
  };
}
