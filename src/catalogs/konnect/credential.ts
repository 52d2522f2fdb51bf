import { early } from '../../ahead.ts';
import { type Day, dayOf } from '../../dates.ts';
import { type Ensured, ensure } from '../../ensure.ts';
import { explain } from '../../errors.ts';
import { patDigest } from '../../scm/pat.ts';
import type { CredentialFacts } from '../catalog.ts';
import { readCredential } from './auth-credential.ts';
import { type Access, type Connection, readInstance, tell, wouldCreate } from './connection.ts';
import { credentialFromPat } from './credential-from-pat.ts';
import { factsOf, missingPermissions } from './health.ts';
import { EXPIRY_LABEL, expiryMark, markedExpiry } from './naming.ts';
import { areNoted, type Notes, note, notesOf, noteToTheEnd } from './notes.ts';
import { CredentialRemoved } from './replacement.ts';
import { storedDigest, unmarkedDigest } from './rotation.ts';
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
  const title = titleOf(connection);
  if (!instance) {
    tell(connection, 'credential', title, wouldCreate());
    progress.credential(factsOf(connection, undefined, undefined, 'planned'));
    return undefined;
  }
  const ahead = early(existed ? readCredential(connection, instance) : Promise.resolve(undefined));
  const pat = repository.provider === 'azure-devops' ? inputs.azureDevOpsPat : undefined;
  const ensured = pat
    ? await ensure(credentialFromPat(connection, instance, pat, ahead, existed), connection).catch((error) =>
        tellRemoval(connection, instance, error),
      )
    : checked(await ahead);
  const { value, operation } = ensured;
  for (const warning of missingPermissions(value)) progress.warning(warning);
  if (operation === 'created' || operation === 'replaced') {
    tell(connection, 'credential', title, ensured);
    if (!pat || !value || plan) {
      progress.credential(factsOf(connection, instance, value, 'planned'));
      return undefined;
    }
    const digest = patDigest(instance.id, pat);
    const given = stillToCome(connection) ?? dayOfSamePat(instance, await ahead, digest);
    progress.credential(factsOf(connection, instance, value, { digest, day: given }));
    await noteMade(connection, instance, existed, {
      ...notesOf(value, digest),
      [EXPIRY_LABEL]: given ? expiryMark(value.id, given) : null,
    });
    return undefined;
  }
  const facts = await factsNow(connection, instance, value);
  progress.credential(facts);
  const marked = pat ? await finishNoting(connection, instance, ensured) : ensured;
  tell(connection, 'credential', title, await recordExpiry(connection, instance, marked, facts));
  const advice = facts.advice && `${facts.advice.problem} ${facts.advice.cure}`;
  return facts.status === 'unauthorized' && pat ? undefined : advice;
}

/** The credential of an integration as it is. */
export async function inspectCredential(
  access: Access,
  instance: IntegrationInstance,
): Promise<CredentialFacts> {
  const found = await readCredential(access, instance);
  tell(access, 'credential', titleOf(access), checked(found));
  for (const warning of missingPermissions(found)) access.progress.warning(warning);
  return factsNow(access, instance, found);
}

/** The last day that is given. One that is over is told, and not kept: it may be one that somebody forgot to change. */
function stillToCome({ inputs: { patExpiresOn }, clock }: Connection): Day | undefined {
  return patExpiresOn && patExpiresOn >= dayOf(clock.now()) ? patExpiresOn : undefined;
}

/** The last day that was recorded of a credential, if the new one is made from the same PAT. */
function dayOfSamePat(
  instance: IntegrationInstance,
  old: AuthCredential | undefined,
  digest: string,
): Day | undefined {
  if (!old || storedDigest(instance, old) !== digest) return undefined;
  return markedExpiry(instance.labels?.[EXPIRY_LABEL], old.id);
}

function titleOf({ owner }: Access): string {
  return `for ${owner.organization}`;
}

async function factsNow(
  access: Access,
  instance: IntegrationInstance,
  found: AuthCredential | undefined,
): Promise<CredentialFacts> {
  // The instance was read before the credential was: another run may have made that in between.
  const now = found && !instance.authorized ? await readInstance(access, instance) : instance;
  return factsOf(access, now, found);
}

/** A failure is a warning: the credential itself is stored. */
async function noteMade(
  connection: Connection,
  instance: IntegrationInstance,
  existed: boolean,
  wanted: Notes,
): Promise<void> {
  try {
    await noteToTheEnd(connection, instance, wanted, existed);
  } catch (error) {
    connection.progress.warning(
      `The credential is stored, but not which PAT it was made from; the next rotation needs rotate-credential: always. ${explain(error)}`,
    );
  }
}

/** Notes what a run that was killed did not come to: which PAT its credential was made from, and that it is done. */
async function finishNoting(
  connection: Connection,
  instance: IntegrationInstance,
  found: Ensured<AuthCredential>,
): Promise<Ensured<AuthCredential>> {
  const digest = found.value && unmarkedDigest(instance, found.value);
  if (!found.value || !digest) return found;
  try {
    await note(connection, instance, notesOf(found.value, digest));
    return { ...found, operation: 'updated', differences: ['its mark'] };
  } catch (error) {
    connection.progress.warning(
      `An earlier run stored the credential and was stopped. It could not be recorded which PAT that was made from. ${explain(error)}`,
    );
    return found;
  }
}

/** Notes the last day of a credential that is left as it is, where it is given and another than the one noted. */
async function recordExpiry(
  connection: Connection,
  instance: IntegrationInstance,
  found: Ensured<AuthCredential>,
  facts: CredentialFacts,
): Promise<Ensured<AuthCredential>> {
  const day = stillToCome(connection);
  if (!day || !found.value || facts.owner.provider !== 'azure-devops') return found;
  // A day that is said of another PAT is none of this credential.
  if (connection.inputs.azureDevOpsPat && facts.fromPat !== true) {
    if (facts.fromPat === undefined)
      connection.progress.warning(
        `It is not known which PAT the credential was made from, so the azure-devops-pat that is given was not stored, and its last day (${day}) is not recorded. To store it, run the step once with rotate-credential: always.`,
      );
    return found;
  }
  const wanted = { [EXPIRY_LABEL]: expiryMark(found.value.id, day) };
  if (areNoted(instance, wanted)) return found;
  try {
    await note(connection, instance, wanted);
    return { ...found, operation: 'updated', differences: [...found.differences, 'last day'] };
  } catch (error) {
    connection.progress.warning(
      `The last day of the PAT (${day}) is not recorded, so a later reminder will not know it. ${explain(error)}`,
    );
    return found;
  }
}

/** The run fails here, but not without saying that it changed something, or may have. */
function tellRemoval(connection: Connection, instance: IntegrationInstance, error: unknown): never {
  if (error instanceof CredentialRemoved) {
    tell(connection, 'credential', titleOf(connection), {
      operation: 'replaced',
      value: undefined,
      differences: [`it ${error.certain ? 'is' : 'may be'} removed, and no other is stored`],
    });
    if (error.certain) connection.progress.credential(factsOf(connection, instance, undefined, 'planned'));
  }
  throw error;
}

function checked(value: AuthCredential | undefined): Ensured<AuthCredential> {
  return { operation: value ? 'unchanged' : 'skipped', value, differences: [] };
}
