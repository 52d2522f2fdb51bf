import { type Ensured, ensure } from '../../ensure.ts';
import type { CredentialStatus } from '../catalog.ts';
import { CredentialRemoved, credential, readCredential } from './auth-credential.ts';
import { type Connection, early, readInstance, tell, wouldCreate } from './connection.ts';
import { adviceFor, missingPermissions, statusOf } from './health.ts';
import { patDigest } from './naming.ts';
import { notePat } from './rotation.ts';
import type { AuthCredential, IntegrationInstance } from './schemas.ts';

/**
 * Ensures the credential where we can make it (Azure DevOps, with a PAT); else checks it.
 *
 * @param instance undefined in a plan that would create it
 * @param existed whether the instance was there before this run
 * @returns what a person must do before Konnect can read the organization; undefined when all is well
 */
export async function ensureCredential(
  connection: Connection,
  instance: IntegrationInstance | undefined,
  existed: boolean,
): Promise<string | undefined> {
  const { inputs, progress, repository, plan } = connection;
  const title = `for ${repository.organization}`;
  if (!instance) {
    tell(connection, 'credential', title, wouldCreate());
    progress.credentialStatus('missing');
    return undefined;
  }
  const ahead = early(existed ? readCredential(connection, instance) : Promise.resolve(undefined));
  const pat = repository.provider === 'azure-devops' ? inputs.azureDevOpsPat : undefined;
  const ensured = pat
    ? await ensure(credential(connection, instance, pat, ahead, existed), connection).catch((error) =>
        tellRemoval(connection, title, error),
      )
    : checked(await ahead);
  tell(connection, 'credential', title, ensured);
  const written = ensured.operation === 'created' || ensured.operation === 'replaced';
  const status = await statusNow(connection, instance, ensured.value, written && !plan);
  progress.credentialStatus(status);
  if (pat && ensured.value && written && !plan)
    await notePat(connection, instance, ensured.value, patDigest(instance.id, pat), existed);
  for (const warning of missingPermissions(ensured.value)) progress.warning(warning);
  const advice = written ? undefined : adviceFor(connection, status);
  if (advice) progress.warning(advice);
  return status === 'unauthorized' && pat ? undefined : advice;
}

async function statusNow(
  connection: Connection,
  instance: IntegrationInstance,
  found: AuthCredential | undefined,
  fresh: boolean,
): Promise<CredentialStatus> {
  // The instance was read before the credential was: another run may have made that in between.
  const now = found && !fresh && !instance.authorized ? await readInstance(connection, instance) : instance;
  return statusOf(now, found, connection.clock.now(), fresh);
}

/** The run fails here, but not without saying that it changed something. */
function tellRemoval(connection: Connection, title: string, error: unknown): never {
  if (error instanceof CredentialRemoved) {
    tell(connection, 'credential', title, {
      operation: 'replaced',
      value: undefined,
      differences: ['it is removed, and no other is stored'],
    });
    connection.progress.credentialStatus('missing');
  }
  throw error;
}

function checked(value: AuthCredential | undefined): Ensured<AuthCredential> {
  return { operation: value ? 'unchanged' : 'skipped', value, differences: [] };
}
