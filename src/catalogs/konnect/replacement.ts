import { type Ensurable, ensure } from '../../ensure.ts';
import { Failure, messageOf } from '../../errors.ts';
import type { Critical } from '../../http/http.ts';
import { patDigest } from '../../scm/pat.ts';
import { credentialPath, readCredential, storeCredential } from './auth-credential.ts';
import { type Connection, integrationsPage, readInstance } from './connection.ts';
import { markedDigest, PAT_LABEL } from './naming.ts';
import { RotatedMeanwhile } from './rotation.ts';
import type { AuthCredential, IntegrationInstance } from './schemas.ts';

/** Statuses that are tried again while there is no credential: to give up at the first would leave it so. */
const WITHOUT_CREDENTIAL: readonly number[] = [401, 403, 404, 429];

/** What a replacement is done with. */
export interface Replacement {
  connection: Connection;
  instance: IntegrationInstance;
  old: AuthCredential;
  /** Of the new one, see {@link storeCredential}. */
  headers: string[];
  pat: string;
  /** Called right before the old one is removed; throws when it must not be any more. */
  confirm(): void;
}

/**
 * Deletes the old credential and stores the new one. It is not begun any more when the run is to end. Once it is begun,
 * it goes on as long as there is any time. Not what was answered counts, but what is there.
 *
 * @throws {CredentialRemoved} when the old one is gone, or may be, and no new one could be stored
 * @throws {RotatedMeanwhile} when another run stored one
 */
export async function replaceCredential(replacement: Replacement): Promise<AuthCredential> {
  const { connection, instance, old } = replacement;
  // Before anything is removed: a run that is killed says nothing any more.
  connection.progress.info(
    `Replacing the credential of the integration "${instance.name}". If this run is killed before that is done, the integration may have no credential. ${repairOf(connection)}`,
  );
  const refusal = await remove(replacement);
  const { found, ours } = await storeInItsPlace(replacement, refusal === undefined);
  if (found.id === old.id) {
    connection.progress.info('The old credential is still there.');
    throw stillThere(instance, refusal);
  }
  if (!ours) throw new RotatedMeanwhile();
  return found;
}

/**
 * Stores the new credential, unless there is one.
 *
 * @param accepted whether the removal was
 * @returns the one that is there then, be it the old one, and whether this run stored it
 */
async function storeInItsPlace(
  replacement: Replacement,
  accepted: boolean,
): Promise<{ found: AuthCredential; ours: boolean }> {
  const { connection, instance, old, headers, pat } = replacement;
  let removed = accepted ? true : undefined;
  let storing = false;
  let made: AuthCredential | undefined;
  const look = async (critical: Critical) => {
    const found = await readCredential(connection, instance, critical);
    removed = found?.id !== old.id;
    return found;
  };
  const place: Ensurable<AuthCredential> = {
    title: `credential of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin, and run the step again.',
    settling: WITHOUT_CREDENTIAL,
    find: () => look(true),
    async create() {
      storing = true;
      made = await storeCredential(connection, instance, headers, pat, true);
      return made;
    },
  };
  let found: AuthCredential | undefined;
  try {
    const ensured = await ensure(place, { plan: false, clock: connection.steadyClock });
    found = ensured.value;
    storing = ensured.operation === 'created';
  } catch (error) {
    const last = await look('last').then(
      (value) => ({ value }),
      () => undefined,
    );
    found = last?.value;
    if (!found) throw new CredentialRemoved(connection, instance, last ? 'seen' : removed, error);
  }
  if (!found) throw new RotatedMeanwhile();
  const ours = found.id === made?.id || (storing && !(await isAnothers(replacement, found)));
  return { found, ours };
}

/** Whether another run has noted that it stored this credential, from another PAT than ours. */
async function isAnothers(
  { connection, instance, pat }: Replacement,
  found: AuthCredential,
): Promise<boolean> {
  const { labels } = await readInstance(connection, instance, true).catch(() => instance);
  const marked = markedDigest(labels?.[PAT_LABEL], found.id);
  return marked !== undefined && marked !== patDigest(instance.id, pat);
}

/**
 * Asks to delete the old credential.
 *
 * @returns what it was refused with, if it was; that it was refused does not say that it was not done
 * @throws when it was not even asked
 */
async function remove({ connection, instance, confirm }: Replacement): Promise<unknown> {
  let asked = false;
  const before = () => {
    confirm();
    asked = true;
  };
  try {
    await connection.client.delete(credentialPath(instance), { critical: 'sent', before });
    return undefined;
  } catch (refusal) {
    if (!asked) throw refusal;
    return refusal;
  }
}

/** What may pass is to be decided again, with a claim of its own; a refusal is one. */
function stillThere(instance: IntegrationInstance, refusal: unknown): unknown {
  if (refusal === undefined)
    return again(
      `Konnect answered that the old credential of the integration "${instance.name}" was deleted, but it is still there.`,
      'Run the step again later.',
    );
  const { maybeProcessed, conflict, status, cure } = refusal as { [key: string]: unknown; cure?: string };
  return maybeProcessed || conflict || status === 404 ? again(messageOf(refusal), cure) : refusal;
}

function again(message: string, cure: string | undefined): Failure {
  return Object.assign(new Failure(message, cure), { conflict: true });
}

/** There is no credential at the moment, or there may be none. */
export class CredentialRemoved extends Failure {
  override readonly name = 'CredentialRemoved';
  /** Whether it is certain that the old one was removed. */
  readonly certain: boolean;

  /** @param missing whether the old one was removed, as far as that is known; `seen` when nothing was there at last */
  constructor(
    connection: Connection,
    instance: IntegrationInstance,
    missing: 'seen' | boolean | undefined,
    cause: unknown,
  ) {
    const old = `old credential of the integration "${instance.name}"`;
    const happened = missing
      ? `The ${old} was removed, but the new one could not be stored`
      : `It is unknown whether the ${old} was removed; no new one was stored`;
    const now =
      missing === 'seen'
        ? 'the integration has no credential now, and Konnect cannot read the organization until this is repaired'
        : 'the integration may have no credential now';
    const cure = cause instanceof Failure && cause.cure ? ` ${cause.cure}` : '';
    super(`${happened}: ${now}. ${messageOf(cause)}`, `${repairOf(connection)}${cure}`);
    this.certain = Boolean(missing);
  }
}

function repairOf(connection: Connection): string {
  return `Run this step again: it stores the credential. Or paste the PAT at ${integrationsPage(connection)}.`;
}
