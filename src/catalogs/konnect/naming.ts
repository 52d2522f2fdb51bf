import { createHash } from 'node:crypto';
import { type Day, parseDay } from '../../dates.ts';
import { fullName, type Repository } from '../../repository.ts';
import { machineName } from '../machine-name.ts';
import { hostName, isOnCloud } from './hosts.ts';

/** On an instance: which PAT its credential was made from, see {@link patMark}. */
export const PAT_LABEL = 'catalog-connect-pat';
/** On an instance: the last day of its credential, see {@link expiryMark}. */
export const EXPIRY_LABEL = 'catalog-connect-pat-expires-on';
/** On a service whose name was derived: which repository it was made for, see {@link repositoryMark}. */
export const REPOSITORY_LABEL = 'catalog-connect-repository';

const LONGEST_NAME = 120;

/** The name of a service, derived from its repository's (`^[0-9a-z.-]+$`, at most 120). */
export function serviceNameFor({ name }: Repository): string {
  return machineName(name, LONGEST_NAME);
}

/** A label value (which may hold no `/`) that is the same for the same repository path, and for no other. */
export function repositoryMark(repository: Repository): string {
  const { provider } = repository;
  const place = isOnCloud(repository) ? provider : `${provider}@${hostName(repository.host)}`;
  return sha256(`${place}/${fullName(repository)}`.toLowerCase()).slice(0, 32);
}

/** A label value: from which PAT a credential was made, and which credential that is. */
export function patMark(credentialId: string, digest: string): string {
  return `${markOf(credentialId)}.${digest}`;
}

/** The digest in a mark, if the mark is of this credential. */
export function markedDigest(mark: string | undefined, credentialId: string): string | undefined {
  const [credential, digest] = mark?.split('.') ?? [];
  return credential === markOf(credentialId) ? digest : undefined;
}

/** A label value: the last day of a credential, and which credential that is. */
export function expiryMark(credentialId: string, day: Day): string {
  return `${markOf(credentialId)}.${day}`;
}

/** The day in a mark, if the mark is of this credential. */
export function markedExpiry(mark: string | undefined, credentialId: string): Day | undefined {
  const [credential, day = ''] = mark?.split('.') ?? [];
  return credential === markOf(credentialId) ? parseDay(day) : undefined;
}

/** Tells one credential from another, in a few characters. */
export function markOf(credentialId: string): string {
  return sha256(credentialId).slice(0, 12);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
