import { createHash } from 'node:crypto';

/**
 * A name that catalogs take (lower-case letters, digits, `.` and `-`), derived from a repository's: always the same from
 * the same name.
 *
 * @param longest how many characters it may have
 */
export function machineName(name: string, longest: number): string {
  const fitted = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^0-9a-z.]+/gu, '-')
    .replace(/-?(\.+)-?/gu, '$1')
    .replace(/^[-.]+|[-.]+$/gu, '');
  // A name with nothing to keep, or too much of it, is told apart by a digest of the whole.
  if (fitted === '') return `repository-${shortHash(name)}`;
  if (fitted.length > longest)
    return `${fitted.slice(0, longest - 13).replace(/[-.]+$/u, '')}-${shortHash(name)}`;
  return fitted;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
