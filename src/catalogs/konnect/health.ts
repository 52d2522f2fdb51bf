import { createHash } from 'node:crypto';
import { type Day, dayOf } from '../../dates.ts';
import { makingOf, patDigest } from '../../scm/pat.ts';
import { oneLine } from '../../text.ts';
import type { CredentialFacts, CredentialStatus } from '../catalog.ts';
import { type Access, integrationsPage } from './connection.ts';
import { EXPIRY_LABEL, markedExpiry, markOf } from './naming.ts';
import { storedDigest } from './rotation.ts';
import type { AuthCredential, IntegrationInstance } from './schemas.ts';

/** Konnect says of each of its credentials how it is. */
type KonnectStatus = Exclude<CredentialStatus, 'unknown'>;

/** Why a credential does not work any more, in a word; undefined when it does. */
export function ailmentOf(found: AuthCredential, now: number): 'tainted' | 'expired' | undefined {
  if (found.tainted) return 'tainted';
  return found.expires_at !== null && Date.parse(found.expires_at) <= now ? 'expired' : undefined;
}

/**
 * What Konnect knows of an instance's credential.
 *
 * @param instance undefined in a plan that would create it
 * @param written what this run noted when it made it, of which the instance as it was read before does not know; or that
 *   it would make it, so that there is nothing to do for anybody
 */
export function factsOf(
  access: Access,
  instance: IntegrationInstance | undefined,
  found: AuthCredential | undefined,
  written?: 'planned' | { digest: string; day: Day | undefined },
): CredentialFacts {
  const { inputs, owner, clock } = access;
  const status = statusOf(instance, found, clock.now(), typeof written === 'object');
  const made = typeof written === 'object' ? written : undefined;
  const digest = made?.digest ?? (instance && found && storedDigest(instance, found));
  const replaceable =
    digest !== undefined || status === 'missing' || (found && ailmentOf(found, clock.now())) !== undefined;
  const { azureDevOpsPat: pat } = inputs;
  const name = instance?.name ?? inputs.integrationName ?? owner.provider;
  return {
    status,
    subject: `The ${owner.provider === 'azure-devops' ? 'PAT' : 'credential'} of the integration "${oneLine(name, 120)}"`,
    inUse: false,
    advice: written ? undefined : adviceFor(access, status, replaceable),
    integration: { name, page: integrationsPage(access) },
    key: createHash('sha256').update(`${inputs.catalogUrl} ${instance?.id}`).digest('hex').slice(0, 12),
    owner,
    store: 'run command: register once with rotate-credential: auto',
    renewal: renewalOf(access, replaceable),
    // The same PAT stored again is no renewal.
    credential: found ? [markOf(found.id), digest?.slice(0, 12)].filter(Boolean).join('_') : '',
    ...(written === 'planned'
      ? { storedOn: dayOf(clock.now()), expiresOn: undefined, recorded: undefined }
      : {
          storedOn: day(found?.created_at),
          expiresOn: day(found?.expires_at),
          recorded: made ? made.day : found && markedExpiry(instance?.labels?.[EXPIRY_LABEL], found.id),
        }),
    fromPat: written ? true : digest && pat && instance ? digest === patDigest(instance.id, pat) : undefined,
  };
}

function renewalOf(access: Access, replaceable: boolean): string[] {
  if (access.owner.provider !== 'azure-devops')
    return [`Authorize the integration again at ${integrationsPage(access)} .`];
  const always = replaceable
    ? ''
    : ', and with rotate-credential: always, because the present one was not made by it';
  return [
    makingOf(access.owner),
    'Put it into the secret of azure-devops-pat, in every pipeline that uses it, and its last day into the variable beside it.',
    `Run command: register once, with pat-expires-on set to that day${always}. It proves the PAT first, then replaces the old one; resources and mappings stay.`,
  ];
}

function day(timestamp: string | null | undefined): Day | undefined {
  const time = Date.parse(timestamp ?? '');
  return Number.isNaN(time) ? undefined : dayOf(time);
}

function statusOf(
  instance: IntegrationInstance | undefined,
  found: AuthCredential | undefined,
  now: number,
  fresh: boolean,
): KonnectStatus {
  if (!found) return 'missing';
  return ailmentOf(found, now) ?? (instance?.authorized || fresh ? 'valid' : 'unauthorized');
}

/** What is not well with a credential that we leave alone, and what to do; undefined when all is well. */
function adviceFor(access: Access, status: KonnectStatus, replaceable: boolean): CredentialFacts['advice'] {
  if (status === 'valid') return undefined;
  const { inputs, owner } = access;
  const state = {
    missing: 'is missing',
    tainted: 'was refused by the host (tainted)',
    expired: 'has expired',
    unauthorized: 'is not authorized',
  }[status];
  return {
    problem: `The credential of the integration ${state}: Konnect cannot read the repositories of "${oneLine(owner.organization, 80)}".`,
    cure: `To repair it, ${cure()}.`,
  };

  function cure(): string {
    if (owner.provider !== 'azure-devops') return `authorize it at ${integrationsPage(access)}`;
    if (inputs.command === 'remind')
      return `run command: register once, with azure-devops-pat set to a PAT with the scope Code: Read in this organization${replaceable ? '' : ', and with rotate-credential: always'}`;
    if (status === 'unauthorized' && inputs.azureDevOpsPat)
      return 'run the step once with rotate-credential: always';
    if (inputs.rotateCredential === 'never')
      return 'run the step with rotate-credential: auto and a PAT that works';
    return 'set azure-devops-pat to a PAT with the scope Code: Read in this organization, and this step will replace it';
  }
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
