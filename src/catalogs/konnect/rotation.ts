import { randomBytes } from 'node:crypto';
import { Failure } from '../../errors.ts';
import { type Connection, instancePath, integrationsPage, readInstance } from './connection.ts';
import { markedDigest, markOf, PAT_LABEL } from './naming.ts';
import { type AuthCredential, IntegrationInstance } from './schemas.ts';

/**
 * Replacing a credential, one run at a time. Konnect has no conditional writes, so that is agreed on by a label: each run
 * writes its own claim, waits, and goes on only if the claim is still its own.
 */

/** On an instance whose credential is being replaced, see {@link claimFor}. */
export const ROTATION_LABEL = 'catalog-connect-rotation';

/** How long a claim is looked at before it stands (milliseconds). */
const SETTLES = 2_000;
/** After how long its run is taken for dead. A run that is cancelled ends within ten seconds. */
const LIFETIME = 30_000;
/** How long after it was written the credential may be removed: long before another run takes the claim over. */
const FRESH = 10_000;
/** How often a claim is written that is never shown. */
const WRITES = 3;

/**
 * Does a replacement while this run alone has the claim to it. When it is done the claim is left, to be removed together
 * with what is noted then; whatever else ends it, the claim is taken back.
 *
 * @param old the credential that is to be replaced
 * @param digest of the PAT that the new one is to be made from
 * @param replacement gets what is to be called right before the old one is removed: it throws when the claim is too old
 * @throws {RotatedMeanwhile} after another run had the claim: what it did is to be looked at
 */
export async function underClaim<T>(
  connection: Connection,
  instance: IntegrationInstance,
  old: AuthCredential,
  digest: string,
  replacement: (confirm: () => void) => Promise<T>,
): Promise<T> {
  const { clock } = connection;
  const claim = claimFor(old, digest, clock.now());
  let written: number | undefined;
  try {
    await standAlone(connection, instance, claim, () => {
      written = clock.now();
    });
    return await replacement(() => {
      if (clock.now() - (written ?? 0) > FRESH) throw new RotatedMeanwhile();
    });
  } catch (error) {
    if (written !== undefined) await takeBack(connection, instance, claim, error instanceof ClaimNotShown);
    throw error;
  }
}

/** Writes the claim until it stands, or another run is done. */
async function standAlone(
  connection: Connection,
  instance: IntegrationInstance,
  claim: string,
  beforeWrite: () => void,
): Promise<void> {
  const { clock, progress } = connection;
  const read = async () => (await readInstance(connection, instance)).labels?.[ROTATION_LABEL];
  let other: { claim: string; since: number } | undefined;
  let notShown = 0;
  for (;;) {
    let standing = await read();
    if (standing === undefined && other) throw new RotatedMeanwhile();
    // By our own clock: those of other machines may be wrong.
    const dead = standing !== undefined && standing === other?.claim && clock.now() - other.since >= LIFETIME;
    if (standing === undefined || dead) {
      const before = standing;
      await write(connection, instance, claim, beforeWrite);
      await clock.sleep(SETTLES);
      standing = await read();
      if (standing === claim) return;
      notShown = standing === before ? notShown + 1 : 0;
      if (notShown === WRITES) throw new ClaimNotShown(connection, instance);
    } else {
      if (!other) progress.info('Another run is replacing the credential: waiting until it is done.');
      await clock.sleep(SETTLES);
    }
    if (standing !== undefined && standing !== other?.claim) other = { claim: standing, since: clock.now() };
  }
}

/** Whether it was written shows in the label itself. */
async function write(
  { client }: Connection,
  instance: IntegrationInstance,
  claim: string,
  before: () => void,
): Promise<void> {
  const labels = { [ROTATION_LABEL]: claim };
  await client
    .patch(instancePath(instance), { labels }, IntegrationInstance, { critical: 'sent', before })
    .catch((error) => {
      if (!error.maybeProcessed) throw error;
    });
}

/**
 * Takes a claim back, as well as that can be done when there is no time left. What stays stands in the way of others for
 * the {@link LIFETIME} of a claim.
 *
 * @param unseen whether to do so although it is not shown
 */
async function takeBack(
  connection: Connection,
  instance: IntegrationInstance,
  claim: string,
  unseen: boolean,
): Promise<void> {
  for (const critical of [undefined, 'last'] as const) {
    try {
      const standing = (await readInstance(connection, instance, critical)).labels?.[ROTATION_LABEL];
      if (standing !== claim && !unseen) return;
      const labels = { [ROTATION_LABEL]: null };
      await connection.client.patch(instancePath(instance), { labels }, IntegrationInstance, { critical });
      return;
    } catch {
      // The first way ends with the run.
    }
  }
}

/** Another run was faster: what it made is looked at instead. */
export class RotatedMeanwhile extends Failure {
  override readonly name = 'RotatedMeanwhile';
  readonly conflict = true;

  constructor() {
    super('Other runs keep replacing the credential.', 'Run the step again.');
  }
}

/** Without the claim, two runs could delete one another's credential. */
class ClaimNotShown extends Failure {
  override readonly name = 'ClaimNotShown';

  constructor(connection: Connection, instance: IntegrationInstance) {
    super(
      `The credential of the integration "${instance.name}" was not replaced: Konnect accepted the label ${ROTATION_LABEL}, but does not show it. Without it, two runs could replace the credential at the same time.`,
      `Run the step again later. Or paste the PAT at ${integrationsPage(connection)}.`,
    );
  }
}

/** Hexadecimal digits by which a claim names the credential: the value of a label has room for 63 characters. */
const SHORT = 4;
/** Milliseconds by which the clocks of two machines may differ, and in which a replacement is usually done. */
const SKEW = 1_000;
const USUAL = 60_000;

/** A claim to replace a credential: it tells the run, the PAT (by its digest), the credential, and the time. */
function claimFor(old: AuthCredential, digest: string, now: number): string {
  const run = randomBytes(3).toString('hex');
  return [run, digest, markOf(old.id).slice(0, SHORT), Math.round(now).toString(36)].join('.');
}

/**
 * The digest of the PAT from which the run of a claim made this credential; undefined where another made it. A run
 * stores its own right after the claim has settled; what comes at another time may be a person's.
 */
function claimedDigest(claim: string | undefined, found: AuthCredential): string | undefined {
  const [, digest, old, since] = claim?.split('.') ?? [];
  if (since === undefined || old === markOf(found.id).slice(0, SHORT)) return undefined;
  if (!found.created_at) return digest;
  const age = Date.parse(found.created_at) - Number.parseInt(since, 36);
  return age >= SETTLES - SKEW && age <= USUAL ? digest : undefined;
}

/**
 * From which PAT the credential was made (its digest), as far as our labels tell: by the mark that a run leaves when it
 * is done, or by the claim of one that was stopped after it had stored the credential.
 */
export function storedDigest({ labels }: IntegrationInstance, found: AuthCredential): string | undefined {
  return markedDigest(labels?.[PAT_LABEL], found.id) ?? claimedDigest(labels?.[ROTATION_LABEL], found);
}

/** The digest that only a claim tells: its run did not come to leave the mark. */
export function unmarkedDigest({ labels }: IntegrationInstance, found: AuthCredential): string | undefined {
  if (markedDigest(labels?.[PAT_LABEL], found.id) !== undefined) return undefined;
  return claimedDigest(labels?.[ROTATION_LABEL], found);
}
