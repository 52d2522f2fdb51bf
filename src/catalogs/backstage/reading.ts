import { oneLine } from '../../text.ts';
import type { BackstageClient } from './client.ts';
import { BackstageError } from './errors.ts';
import { explain, type Refusal } from './refusal.ts';
import type { Entity } from './schemas.ts';

/** Whether the catalog can read a file of a repository, and what it makes of it. */
export type Reading = { kind: 'read'; entities: Entity[] } | Unread;

/** Why not; `untried` where this token may not ask. */
export interface Unread {
  kind: Refusal | 'untried';
  problem: string;
  cure: string;
}

/**
 * Has the catalog read the file, without storing anything.
 *
 * @throws {BackstageError} when the answer says nothing of the file
 */
export async function read(client: BackstageClient, target: string): Promise<Reading> {
  try {
    return { kind: 'read', entities: (await client.preview(target)).entities };
  } catch (error) {
    if (!(error instanceof BackstageError)) throw error;
    if (error.status === 400) return unread(error.says, target, error.message);
    if (error.status === 403 || error.status === 404)
      return { kind: 'untried', problem: error.message, cure: error.cure ?? '' };
    throw error;
  }
}

/**
 * What the catalog's words about a file mean.
 *
 * @param says its own words, uncut; undefined where they are of a gateway
 * @param shown what came back, for people
 */
export function unread(says: string | undefined, target: string, shown: string): Unread {
  return {
    ...explain(says ?? '', target),
    problem: `The catalog cannot read ${target}: ${oneLine(says || shown, 500)}`.replace(
      /(?<![.!?…])$/u,
      '.',
    ),
  };
}

/** Whether it proves that the catalog read this very file, with its own token for the host. */
export function wasRead({ kind }: Reading): boolean {
  return kind === 'read' || kind === 'invalid' || kind === 'duplicate';
}
