import { randomBytes } from 'node:crypto';
import { type Ensurable, ensure, FRESH } from '../../ensure.ts';
import { explain, Failure } from '../../errors.ts';
import { aheadThen, type Connection, instancePath, readInstance } from './connection.ts';
import { markedDigest, PAT_LABEL, patMark } from './naming.ts';
import { type AuthCredential, IntegrationInstance } from './schemas.ts';

/** What is kept in the labels of an instance, so that runs know of one another. */

/** On an instance whose credential is being replaced: by which run, and with which PAT. */
const ROTATION_LABEL = 'catalog-connect-rotation';
/** How long a claim is looked at before it stands, and after how long its run is taken for dead (milliseconds). */
const SETTLES = 2_000;
const EXPIRES = 60_000;

/** A claim of this run to replace the credential with one from the PAT of this digest. */
export function newClaim(digest: string): string {
  return `${randomBytes(6).toString('hex')}.${digest}`;
}

/**
 * Makes sure that this run alone replaces the instance's credential. Konnect has no conditional writes, so that is
 * agreed on by a label: each run writes its own claim, waits, and goes on only if the claim is still its own.
 *
 * @param ours see {@link newClaim}
 * @throws {RotatedMeanwhile} after another run had the claim: what it did is to be looked at
 */
export async function claimRotation(
  connection: Connection,
  instance: IntegrationInstance,
  ours: string,
): Promise<void> {
  const { client, clock } = connection;
  const standing = async () => (await readInstance(connection, instance)).labels?.[ROTATION_LABEL];
  const write = () =>
    client.patch(instancePath(instance), { labels: { [ROTATION_LABEL]: ours } }, IntegrationInstance);
  let other: { claim: string; since: number } | undefined;
  for (;;) {
    let claim = await standing();
    if (claim === undefined && other) throw new RotatedMeanwhile();
    // By our own clock: those of other machines may be wrong.
    const dead = claim !== undefined && claim === other?.claim && clock.now() - other.since >= EXPIRES;
    if (claim === undefined || claim === ours || dead) {
      if (claim !== ours) await write();
      await clock.sleep(SETTLES);
      claim = await standing();
      if (claim === ours) return;
    } else await clock.sleep(SETTLES);
    if (claim !== undefined && claim !== other?.claim) other = { claim, since: clock.now() };
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

/**
 * From which PAT the credential was made (its digest), as far as our labels tell: by the mark that a run leaves when it
 * is done, or by the claim of one that was stopped after it had stored a credential.
 */
export function storedDigest({ labels }: IntegrationInstance, found: AuthCredential): string | undefined {
  const mark = labels?.[PAT_LABEL];
  const interrupted = mark === undefined ? undefined : labels?.[ROTATION_LABEL]?.split('.')[1];
  return markedDigest(mark, found.id) ?? interrupted;
}

/**
 * Notes on the instance which PAT its credential was made from, so that a later run knows a rotated one, and gives up
 * the claim. A failure is a warning: the credential itself is stored.
 *
 * @param existed whether the instance was there before this run
 */
export async function notePat(
  connection: Connection,
  instance: IntegrationInstance,
  made: AuthCredential,
  digest: string,
  existed: boolean,
): Promise<void> {
  const { client, progress } = connection;
  const mark = patMark(made.id, digest);
  // Konnect merges labels: those that are not named stay (Kong/kongctl relies on it, labels/labels.go).
  const labels = { [PAT_LABEL]: mark, [ROTATION_LABEL]: null };
  const read = () => readInstance(connection, instance);
  const note: Ensurable<IntegrationInstance> = {
    title: `labels of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin.',
    settling: existed ? [] : FRESH,
    find: aheadThen(existed ? read() : Promise.resolve(instance), read),
    differs: ({ labels: now }) =>
      now?.[PAT_LABEL] === mark && now[ROTATION_LABEL] === undefined ? [] : ['labels'],
    create: read,
    update: () => client.patch(instancePath(instance), { labels }, IntegrationInstance),
  };
  try {
    await ensure(note, connection);
  } catch (error) {
    progress.warning(
      `The credential is stored, but not which PAT it was made from; the next rotation needs rotate-credential: always. ${explain(error)}`,
    );
  }
}
