import { randomBytes } from 'node:crypto';
import { aheadThen } from '../../ahead.ts';
import { type Ensurable, FRESH } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { type Connection, instancePath, readInstance } from './connection.ts';
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

/** Labels as they are to be; null for one that is not to be there. */
export type Notes = Record<string, string | null>;

/** What a run notes when it has stored a credential: which PAT that was made from, and that the claim is given up. */
export function notesOf(made: AuthCredential, digest: string): Notes {
  return { [PAT_LABEL]: patMark(made.id, digest), [ROTATION_LABEL]: null };
}

/**
 * Labels of the instance, for later runs to know by.
 *
 * @param existed whether the instance was there before this run
 */
export function notes(
  connection: Connection,
  instance: IntegrationInstance,
  wanted: Notes,
  existed: boolean,
): Ensurable<IntegrationInstance> {
  const { client } = connection;
  const read = () => readInstance(connection, instance);
  return {
    title: `labels of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin.',
    settling: existed ? [] : FRESH,
    find: aheadThen(existed ? read() : Promise.resolve(instance), read),
    differs: (found) => (areNoted(found, wanted) ? [] : ['labels']),
    create: read,
    // Konnect merges labels: those that are not named stay (Kong/kongctl relies on it, labels/labels.go).
    update: () => client.patch(instancePath(instance), { labels: wanted }, IntegrationInstance),
  };
}

export function areNoted({ labels }: IntegrationInstance, wanted: Notes): boolean {
  return Object.entries(wanted).every(([name, value]) => (labels?.[name] ?? null) === value);
}
