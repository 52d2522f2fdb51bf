import { randomBytes } from 'node:crypto';
import { type Ensurable, ensure } from '../../ensure.ts';
import { explain, Failure } from '../../errors.ts';
import { aheadThen, type Connection } from './connection.ts';
import { PAT_LABEL, patMark } from './naming.ts';
import { type AuthCredential, IntegrationInstance } from './schemas.ts';

/** What is kept in the labels of an instance, so that runs know of one another. */

/** On an instance whose credential is being replaced: since when, and by which run. */
const ROTATION_LABEL = 'catalog-connect-rotation';
/** How long a claim is looked at before it is taken to stand, and how long it stands at most (milliseconds). */
const SETTLES = 2_000;
const EXPIRES = 60_000;

/**
 * Makes sure that this run alone replaces the instance's credential. Konnect has no conditional writes, so that is
 * agreed on by a label: each run writes its own claim, waits, and goes on only if the claim is still its own. A claim
 * whose run died expires.
 *
 * @throws {RotatedMeanwhile} after another run had the claim: what it did is to be looked at
 */
export async function claimRotation(connection: Connection, { id }: IntegrationInstance): Promise<void> {
  const { client, clock } = connection;
  const path = `/integration-instances/${id}`;
  const ours = `${clock.now()}-${randomBytes(6).toString('hex')}`;
  /** The claim that stands; undefined when there is none. */
  const standing = async () => {
    const claim = (await client.get(path, IntegrationInstance)).labels?.[ROTATION_LABEL];
    return claim !== undefined && isExpired(claim, clock.now()) ? undefined : claim;
  };
  if ((await standing()) === undefined) {
    await client.patch(path, { labels: { [ROTATION_LABEL]: ours } }, IntegrationInstance);
    await clock.sleep(SETTLES);
    if ((await standing()) === ours) return;
  }
  while ((await standing()) !== undefined) await clock.sleep(SETTLES);
  throw new RotatedMeanwhile();
}

/** Another run was faster: what it made is looked at instead. */
export class RotatedMeanwhile extends Failure {
  override readonly name = 'RotatedMeanwhile';
  readonly conflict = true;

  constructor() {
    super('Other runs keep replacing the credential.', 'Run the step again.');
  }
}

function isExpired(claim: string, now: number): boolean {
  return !(now - Number(claim.split('-')[0]) < EXPIRES);
}

/**
 * Notes on the instance which PAT its credential was made from, so that a later run knows a rotated one, and gives up
 * the claim. A failure is a warning: the credential itself is stored.
 *
 * @param replaced whether a claim was made
 */
export async function notePat(
  connection: Connection,
  instance: IntegrationInstance,
  made: AuthCredential,
  pat: string,
  replaced: boolean,
): Promise<void> {
  const { client, progress } = connection;
  const path = `/integration-instances/${instance.id}`;
  const read = () => client.get(path, IntegrationInstance);
  const mark = patMark(instance.id, made.id, pat);
  // Konnect merges labels: those that are not named stay (Kong/kongctl relies on it, labels/labels.go).
  const labels = replaced ? { [PAT_LABEL]: mark, [ROTATION_LABEL]: null } : { [PAT_LABEL]: mark };
  const note: Ensurable<IntegrationInstance> = {
    title: `labels of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin.',
    fresh: true,
    find: aheadThen(replaced ? read() : Promise.resolve(instance), read),
    differs: (found) => (found.labels?.[PAT_LABEL] === mark ? [] : [PAT_LABEL]),
    create: read,
    update: () => client.patch(path, { labels }, IntegrationInstance),
  };
  try {
    await ensure(note, connection);
  } catch (error) {
    progress.warning(
      `The credential is stored, but not which PAT it was made from; the next rotation needs rotate-credential: always. ${explain(error)}`,
    );
  }
}
