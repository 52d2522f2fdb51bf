import { createHash } from 'node:crypto';
import type { Operation } from '../../inputs/table.ts';
import type { Owner } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';
import { type Reading, wasRead } from '../backstage/reading.ts';
import type { CredentialFacts, Progress, Surroundings } from '../catalog.ts';
import type { RoadieConnection } from './connection.ts';
import { readAzureToken, type Secret } from './secrets.ts';

/** Milliseconds between two looks. */
const PAUSE = 5_000;

/**
 * The secret with which Roadie reads Azure DevOps: nothing but a page can set it, so it is checked and waited for.
 *
 * @param reading what was seen of Roadie reading the repository with it; undefined where nothing was
 * @returns whether something is wrong with it, as far as that is known
 */
export async function ensureSecret(
  connection: RoadieConnection,
  reading?: Reading,
): Promise<'well' | 'wrong' | 'unseen'> {
  const { progress, guide, repository, site, inputs } = connection;
  if (repository.provider !== 'azure-devops') {
    tellCredential(progress, 'skipped', ['not of Azure DevOps']);
    return 'well';
  }
  const secret = await readSettled(connection);
  const refused = reading?.kind === 'denied';
  progress.credential({ ...factsOf(connection, repository, site, secret, reading), advice: undefined });
  if (secret.status === 'unseen' && !refused) {
    tellCredential(progress, 'skipped', ['its status cannot be seen']);
    return 'unseen';
  }
  const wrong = refused ? 'Azure DevOps refuses the PAT in it' : ailmentOf(secret);
  tellCredential(progress, wrong ? 'pending' : 'unchanged', wrong ? [wrong] : []);
  if (secret.status === 'Updating') progress.todo('Wait until Roadie has updated the secret AZURE_TOKEN.');
  else if (wrong) progress.todo(guide.secret(inputs.azureDevOpsPat && !refused ? 'given' : 'new'));
  else if (isAnother(secret, inputs.azureDevOpsPat)) progress.warning(guide.otherSecret());
  return wrong ? 'wrong' : 'well';
}

/** The secret, when Roadie has done with updating it. */
async function readSettled({ client, clock, inputs, plan, progress }: RoadieConnection): Promise<Secret> {
  progress.waiting('the secret AZURE_TOKEN');
  const start = clock.now();
  for (;;) {
    const secret = await readAzureToken(client);
    if (secret.status !== 'Updating' || plan || clock.now() - start >= inputs.waitTimeout) return secret;
    progress.info('Roadie is updating the secret AZURE_TOKEN.');
    await clock.sleep(PAUSE);
  }
}

/** What is not well with the secret, as far as Roadie tells. */
function ailmentOf({ status }: Secret): string | undefined {
  if (status === 'Updating') return 'it is being updated';
  return status === 'Not Set' ? 'it is not set' : undefined;
}

/** As far as the last four characters tell. */
function isAnother({ status, ending }: Secret, pat: string | undefined): boolean {
  return status === 'Available' && pat !== undefined && ending !== undefined && !pat.endsWith(ending);
}

export function tellCredential({ outcome }: Progress, operation: Operation, reasons: string[]): void {
  outcome({ thing: 'credential', operation, name: 'AZURE_TOKEN', id: '', reasons });
}

/** @param reading what was seen of Roadie reading a repository with it; undefined where nothing was */
export function factsOf(
  { inputs }: Pick<Surroundings, 'inputs'>,
  owner: Owner,
  site: string,
  secret: Secret,
  reading: Reading | undefined,
): CredentialFacts {
  const { azureDevOpsPat: pat } = inputs;
  const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
  const page = `${site}/administration/secrets`;
  const inUse = reading !== undefined && wasRead(reading);
  return {
    ...healthOf(secret, reading, page),
    subject: 'The PAT in the secret AZURE_TOKEN of Roadie',
    inUse,
    integration: { name: 'AZURE_TOKEN', page },
    key: digest(`${inputs.catalogUrl} ${owner.host} ${owner.organization} AZURE_TOKEN`),
    owner,
    credential: secret.status === 'Not Set' ? '' : digest(`AZURE_TOKEN ${secret.ending ?? ''}`),
    storedOn: undefined,
    expiresOn: undefined,
    recorded: undefined,
    fromPat: secret.ending && pat ? pat.endsWith(secret.ending) : undefined,
    store: `put it into the secret AZURE_TOKEN at ${page}`,
    renewal: [makingOf(owner), `Put it into the secret AZURE_TOKEN at ${page} (it takes some minutes).`],
  };
}

/** That it is set proves nothing: it works when something was read with it. */
function healthOf(
  { status, why }: Secret,
  reading: Reading | undefined,
  page: string,
): Pick<CredentialFacts, 'status' | 'advice'> {
  if (reading?.kind === 'denied')
    return { status: 'tainted', advice: { problem: reading.problem, cure: reading.cure } };
  if (status === 'Not Set')
    return {
      status: 'missing',
      advice: {
        problem: 'The secret AZURE_TOKEN of Roadie is not set.',
        cure: `Put a PAT into it at ${page}.`,
      },
    };
  if (reading && wasRead(reading)) return { status: 'valid', advice: undefined };
  const unread = reading && 'problem' in reading && reading.kind !== 'untried' ? ` ${reading.problem}` : '';
  const unknown = 'It is unknown whether the PAT in the secret AZURE_TOKEN of Roadie works.';
  return {
    status: 'unknown',
    advice:
      status === 'unseen'
        ? {
            problem: `${unknown} Its status cannot be seen: ${why}${unread}`,
            cure: 'Give the catalog-token the permission "Backend config read".',
          }
        : {
            problem: `${unknown} Roadie says only that the secret is set.${unread}`,
            cure: 'Give this step the same PAT as azure-devops-pat, so that it is tried.',
          },
  };
}
