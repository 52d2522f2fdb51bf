import type { BackstageClient } from './client.ts';
import { BackstageError } from './errors.ts';
import type { Entity } from './schemas.ts';

/** Whether the catalog can read a file of a repository, and what it makes of it. */
export type Reading = { kind: 'read'; entities: Entity[] } | Unread;

/**
 * Why not: the file is `missing` or `invalid`, the catalog's own token is `denied`, the host is `unknown` to
 * it, or `unreachable`; or it is `untried`, because this token may not ask.
 */
export interface Unread {
  kind: 'missing' | 'invalid' | 'denied' | 'unknown' | 'unreachable' | 'untried';
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
    if (error.status === 400)
      return { ...explain(error.says, target), problem: problemOf(target, error.says) };
    if (error.status === 403 || error.status === 404)
      return { kind: 'untried', problem: error.message, cure: error.cure ?? '' };
    throw error;
  }
}

function problemOf(target: string, says: string): string {
  return `The catalog cannot read ${target}: ${says}`;
}

/** By the words of the server: it has no codes for that. */
function explain(says: string, target: string): Pick<Unread, 'kind' | 'cure'> {
  if (/'backend\.reading\.allow'/u.test(says))
    return {
      kind: 'unknown',
      cure: "Add the host to the catalog's configuration: under integrations, with a token, or in backend.reading.allow.",
    };
  // Names of entities and of their fields are in it, so that they must not be taken for its own words.
  if (/Policy check failed|while validating the entity|YAML|is not of an allowed kind/u.test(says))
    return { kind: 'invalid', cure: 'Correct the file.' };
  if (/PlaceholderProcessor/u.test(says))
    return { kind: 'invalid', cure: 'Correct the file: it refers to another file that cannot be read.' };
  if (/\b(?:203 |401 |403 |AuthenticationError|ChainedTokenCredential)/u.test(says))
    return {
      kind: 'denied',
      cure: "The host refused the catalog's own token: it has expired, was revoked, or may not read this repository. Put a new one (Code: Read) into the catalog's configuration (integrations).",
    };
  if (/no matching files found|404 Not Found/u.test(says))
    return says.includes(target)
      ? {
          kind: 'missing',
          cure: "Commit the file to the default branch, or set catalog-file to where it is (entity: generate shows one to commit). If it is there, check repository, and whether the catalog's own token may see it.",
        }
      : { kind: 'invalid', cure: 'Correct the file: it refers to another file that is not there.' };
  if (/\b(?:429|5\d\d) |fetch failed|\b(?:ENOTFOUND|ECONN[A-Z]+|ETIMEDOUT|EAI_AGAIN)\b/u.test(says))
    return {
      kind: 'unreachable',
      cure: 'The catalog cannot reach the host, or that is not well. Run the step again.',
    };
  return { kind: 'invalid', cure: 'Correct the file.' };
}
