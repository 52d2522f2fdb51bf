import { createHash } from 'node:crypto';
import type { Operation } from '../../inputs/table.ts';
import type { Owner } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';
import type { CredentialFacts, Progress, Surroundings } from '../catalog.ts';
import type { RoadieConnection } from './connection.ts';
import { readAzureToken, type Secret } from './secrets.ts';

/** Milliseconds between two looks. */
const PAUSE = 5_000;

/** The secret with which Roadie reads Azure DevOps: nothing but a page can set it, so it is checked and waited for. */
export async function ensureSecret(connection: RoadieConnection): Promise<void> {
  const { client, clock, inputs, progress, guide, repository, site } = connection;
  if (repository.provider !== 'azure-devops')
    return tellCredential(progress, 'skipped', ['not of Azure DevOps']);
  progress.waiting('the secret AZURE_TOKEN');
  let secret = await readAzureToken(client);
  const start = clock.now();
  while (secret?.status === 'Updating' && !connection.plan && clock.now() - start < inputs.waitTimeout) {
    progress.info('Roadie is updating the secret AZURE_TOKEN.');
    await clock.sleep(PAUSE);
    secret = await readAzureToken(client);
  }
  progress.credential({ ...factsOf(connection, repository, site, secret), advice: undefined });
  if (!secret) return tellCredential(progress, 'skipped', ['this catalog-token may not see the secrets']);
  if (secret.status === 'Updating') return tellCredential(progress, 'pending', ['it is being updated']);
  const another = isAnother(secret, inputs.azureDevOpsPat);
  if (secret.status === 'Available' && !another) return tellCredential(progress, 'unchanged', []);
  progress.todo(guide.secret());
  tellCredential(progress, 'pending', [
    another ? 'it holds another PAT than the one that is given' : 'it is not set',
  ]);
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
    renewal: [makingOf(owner), `Put it into the secret AZURE_TOKEN at ${page} (it takes some minutes).`],
  };
}
