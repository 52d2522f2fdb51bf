import { oneLine } from '../../text.ts';
import type { CredentialStatus } from '../catalog.ts';
import { type Connection, integrationsPage } from './connection.ts';
import type { AuthCredential, IntegrationInstance } from './schemas.ts';

/** Why a credential does not work any more, in a word; undefined when it does. */
export function ailmentOf(found: AuthCredential, now: number): 'tainted' | 'expired' | undefined {
  if (found.tainted) return 'tainted';
  return found.expires_at !== null && Date.parse(found.expires_at) <= now ? 'expired' : undefined;
}

/** @param fresh whether this run made it: the instance that was read before does not know of it */
export function statusOf(
  instance: IntegrationInstance,
  found: AuthCredential | undefined,
  now: number,
  fresh: boolean,
): CredentialStatus {
  if (!found) return 'missing';
  return ailmentOf(found, now) ?? (instance.authorized || fresh ? 'valid' : 'unauthorized');
}

/** What is not well with a credential that we leave alone, and what to do; undefined when all is well. */
export function adviceFor(connection: Connection, status: CredentialStatus): string | undefined {
  if (status === 'valid') return undefined;
  const cure =
    connection.repository.provider !== 'azure-devops'
      ? `authorize it at ${integrationsPage(connection)}`
      : status === 'unauthorized' && connection.inputs.azureDevOpsPat
        ? 'run the step once with rotate-credential: always'
        : connection.inputs.rotateCredential === 'never'
          ? 'run the step with rotate-credential: auto and a PAT that works'
          : 'set azure-devops-pat to a PAT with the scope Code: Read in this organization, and this step will replace it';
  const state = {
    missing: 'is missing',
    tainted: 'was refused by the host (tainted)',
    expired: 'has expired',
    unauthorized: 'is not authorized',
  }[status];
  return `The credential of the integration ${state}: Konnect cannot read the repositories of "${oneLine(connection.repository.organization, 80)}". To repair it, ${cure}.`;
}

/** A runner shows ten annotations of a step. */
const MOST_WARNINGS = 9;

/** What Konnect misses although the credential works. */
export function missingPermissions(found: AuthCredential | undefined): string[] {
  return (found?.missing_permissions ?? [])
    .slice(0, MOST_WARNINGS)
    .map(({ scopes, message }) =>
      oneLine(`The credential lacks ${scopes.filter(Boolean).join(', ') || 'a permission'}: ${message}`),
    );
}
