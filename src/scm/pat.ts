import { createHmac } from 'node:crypto';
import type { Owner } from '../repository.ts';

/** How people make a personal access token that a catalog can read with. */
export function makingOf({ host, organization }: Owner): string {
  return `Make a new PAT at ${host}/${encodeURIComponent(organization)}/_usersSettings/tokens: for the organization "${organization}" alone (Azure DevOps stops PATs for all organizations on 2026-12-01), with the scope Code: Read and no other, by an account that may read the repositories and does not leave with a person.`;
}

/**
 * The month in which a personal access token of Azure DevOps was issued, which one of the newer format (84 characters)
 * carries in itself; undefined for the older format. (microsoft/security-utilities, IdentifiableSecrets.cs and
 * LegacyCommonAnnotatedSecurityKey.cs: the year as a letter from A = 2024, the month as one from A = January.)
 */
export function issueMonthOf(pat: string): { year: number; month: number } | undefined {
  const [, year, month] =
    /^[A-Za-z0-9]{52}JQQJ99([A-Z])([A-L])[A-Za-z0-9]{12}AAAAAZDO[A-Za-z0-9]{4}$/u.exec(pat) ?? [];
  return year && month ? { year: 2024 + indexOf(year), month: 1 + indexOf(month) } : undefined;
}

function indexOf(letter: string): number {
  return letter.charCodeAt(0) - 'A'.charCodeAt(0);
}

/** Tells one PAT from another without telling either: a digest of what it is used for, keyed with the PAT. */
export function patDigest(subject: string, pat: string): string {
  return createHmac('sha256', pat).update(subject).digest('hex').slice(0, 40);
}
