import type { Ensured } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { NoAnswer } from '../../http/no-answer.ts';
import { oneLine } from '../../text.ts';
import { type BackstageClient, locationRef } from './client.ts';
import type { Connection } from './connection.ts';
import { comesFrom, differences, errorOf, isOrphan, originOf, refOf } from './entity.ts';
import { BackstageError } from './errors.ts';
import { lastError } from './known.ts';
import { branchAt, mayBeRenamed, namesBranch } from './same-file.ts';
import type { Entity } from './schemas.ts';

/** The entity of that name, if it comes from our file. @throws {Failure} when another file has the name */
export async function readOurs({ client, target }: Connection, ref: string): Promise<Entity | undefined> {
  const found = await client.entity(ref);
  if (!found || comesFrom(found, target)) return found;
  const origin = oneLine(originOf(found).replace(/^url:/u, ''), 300);
  throw new Failure(
    `The name ${ref} is taken by an entity of ${origin || 'another origin'}.`,
    cureOfTaken(target, origin),
  );
}

function cureOfTaken(target: string, origin: string): string {
  const remove = `have the location ${origin} removed from the catalog, then run the step again`;
  if (branchAt(target, origin)) return `It is this repository's file on another branch: ${remove}.`;
  const rename =
    'Give the component another name in the catalog file, or have the other one removed from the catalog by its owner.';
  return mayBeRenamed(target, origin)
    ? `If the repository was renamed or moved from there, ${remove}. If not: ${rename}`
    : rename;
}

/** Milliseconds: between two looks, and until the catalog is asked to hurry. */
const PAUSE = 1_000;
const HURRY = 10_000;

/**
 * Waits until the catalog has made the entity of our file. That a location was accepted says nothing: the file is read
 * later, and what is wrong then is told only here.
 *
 * @param location the URL by which it is registered
 * @param hurry whether the location is old: then the catalog looks again in a minute or two, unless it is asked to
 */
export async function awaitEntity(
  connection: Connection,
  ref: string,
  location: string,
  hurry: boolean,
): Promise<Entity> {
  const { client, clock, inputs, progress } = connection;
  progress.waiting(`the catalog to make ${ref}`);
  const start = clock.now();
  const waited = () => clock.now() - start;
  let hurried = false;
  for (;;) {
    const found = await readOurs(connection, ref);
    if (found && !isOrphan(found) && errorOf(found) === undefined) return found;
    if (!hurried && (hurry || waited() >= HURRY)) {
      hurried = true;
      await hasten(client, locationRef(location));
    }
    if (waited() >= inputs.waitTimeout)
      throw await notMade(connection, ref, found, Math.round(waited() / 1000));
    await clock.sleep(PAUSE);
  }
}

/** Asks the catalog to read a file now. It does so by itself some time, so that a refusal is no failure. */
async function hasten(client: BackstageClient, ref: string): Promise<void> {
  await client.refresh(ref).catch((error) => {
    if (!(error instanceof BackstageError) && !(error instanceof NoAnswer)) throw error;
  });
}

async function notMade(
  connection: Connection,
  ref: string,
  found: Entity | undefined,
  seconds: number,
): Promise<Failure> {
  const { target } = connection;
  const unread = found ? undefined : await lastError(connection, []);
  if (unread) return new Failure(unread.problem, unread.cure);
  return new Failure(
    found
      ? `The catalog has ${ref}, but with an error: ${errorOf(found)}`
      : `The catalog has not made ${ref} of ${target}, after waiting ${seconds} s (wait-timeout).`,
    found
      ? 'Correct the catalog file.'
      : "Run the step again, with a longer wait-timeout if need be. The catalog's log, or its page of unprocessed entities, says what is wrong.",
  );
}

/** Milliseconds. */
const TAKES_OVER = 30_000;

/**
 * Ensures that the entity is as its file is now: where it is not, the catalog is asked to read it again.
 *
 * @param file the entity as the catalog would make it now; undefined where that could not be asked
 */
export async function ensureCurrent(
  connection: Connection,
  file: Entity | undefined,
  stored: Entity,
): Promise<Ensured<Entity>> {
  const { client, clock, progress, plan } = connection;
  const error = errorOf(stored);
  const stale = error ? [`it has an error: ${error}`] : file ? differences(file, stored) : [];
  if (stale.length === 0) return { operation: 'unchanged', value: stored, differences: [] };
  if (!file)
    throw new Failure(
      `The catalog has ${refOf(stored)}, but with an error: ${error}`,
      'Correct the catalog file.',
    );
  const origin = originOf(stored).replace(/^url:/u, '');
  if (origin !== connection.target && namesBranch(origin))
    throw new Failure(
      `The catalog reads ${refOf(stored)} from ${origin}, where it differs from ${connection.target} (${stale.join(', ')}).`,
      'It is registered from another branch. Have that location removed from the catalog, or the branches made alike.',
    );
  if (plan) return { operation: 'updated', value: stored, differences: stale };
  const ref = refOf(file);
  // By both: an entity that lost its parent is not read again by its own name.
  await Promise.all([hasten(client, ref), hasten(client, locationRef(origin))]);
  const start = clock.now();
  let now: Entity | undefined = stored;
  while (clock.now() - start < Math.min(TAKES_OVER, connection.inputs.waitTimeout)) {
    now = await readOurs(connection, ref);
    if (now && !errorOf(now) && differences(file, now).length === 0)
      return { operation: 'updated', value: now, differences: stale };
    await clock.sleep(PAUSE);
  }
  progress.warning(
    `The catalog was asked to read the catalog file again, but ${ref} still differs from it (${stale.join(', ')}). It does so by itself in some minutes, or has an error: see its page.`,
  );
  return { operation: 'updated', value: now ?? stored, differences: stale };
}
