import { aheadThen } from '../../ahead.ts';
import { type Ensurable, ensure, FRESH } from '../../ensure.ts';
import type { Critical } from '../../http/http.ts';
import { type Connection, instancePath, readInstance } from './connection.ts';
import { PAT_LABEL, patMark } from './naming.ts';
import { ROTATION_LABEL } from './rotation.ts';
import { type AuthCredential, IntegrationInstance } from './schemas.ts';

/** Labels of an instance as they are to be, for later runs to know by; null for one that is not to be there. */
export type Notes = Record<string, string | null>;

/** What is noted of a credential that is stored: which PAT it was made from, and that no run has a claim any more. */
export function notesOf(made: AuthCredential, digest: string): Notes {
  return { [PAT_LABEL]: patMark(made.id, digest), [ROTATION_LABEL]: null };
}

export function areNoted({ labels }: IntegrationInstance, wanted: Notes): boolean {
  return Object.entries(wanted).every(([name, value]) => (labels?.[name] ?? null) === value);
}

/** Notes something of an instance that was there before this run. */
export async function note(
  connection: Connection,
  instance: IntegrationInstance,
  wanted: Notes,
): Promise<void> {
  await ensure(labelling(connection, instance, wanted, true), connection);
}

/**
 * Notes something of a credential that this run stored, even if the run is to end: in the end as well as it can.
 *
 * @param existed whether the instance was there before this run
 */
export async function noteToTheEnd(
  connection: Connection,
  instance: IntegrationInstance,
  wanted: Notes,
  existed: boolean,
): Promise<void> {
  const { steadyClock: clock } = connection;
  try {
    await ensure(labelling(connection, instance, wanted, existed, true), { plan: false, clock });
  } catch (error) {
    await write(connection, instance, wanted, 'last').catch(() => {
      throw error;
    });
  }
}

function labelling(
  connection: Connection,
  instance: IntegrationInstance,
  wanted: Notes,
  existed: boolean,
  critical?: Critical,
): Ensurable<IntegrationInstance> {
  const read = () => readInstance(connection, instance, critical);
  return {
    title: `labels of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin.',
    settling: existed ? [] : FRESH,
    find: aheadThen(existed ? read() : Promise.resolve(instance), read),
    differs: (found) => (areNoted(found, wanted) ? [] : ['labels']),
    create: read,
    update: () => write(connection, instance, wanted, critical),
  };
}

/** Konnect merges labels: those that are not named stay (Kong/kongctl relies on it, labels/labels.go). */
function write(
  { client }: Connection,
  instance: IntegrationInstance,
  labels: Notes,
  critical: Critical,
): Promise<IntegrationInstance> {
  return client.patch(instancePath(instance), { labels }, IntegrationInstance, { critical });
}
