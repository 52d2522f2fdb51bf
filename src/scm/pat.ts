import { createHmac } from 'node:crypto';
import type { Owner } from '../repository.ts';

/** How people make a personal access token that a catalog can read with. */
export function makingOf({ host, organization }: Owner): string {
  return `Make a new PAT at ${host}/${encodeURIComponent(organization)}/_usersSettings/tokens: for the organization "${organization}" alone (Azure DevOps stops PATs for all organizations on 2026-12-01), with the scope Code: Read and no other, by an account that may read the repositories and does not leave with a person.`;
}

/** The other secrets of a run, which are given in the place of one another. */
export interface OtherSecrets {
  /** The token of the pipeline's job (`System.AccessToken`). */
  jobToken: string | undefined;
  catalogToken: string | undefined;
  gitHubToken: string | undefined;
}

/**
 * What a secret is that is certainly no personal access token of Azure DevOps; undefined where it may be one. Those are
 * letters and digits alone. Some of the others work for an hour, and would be stored in the place of one that does for
 * a year.
 */
export function otherThanPat(secret: string, others: OtherSecrets): string | undefined {
  if (secret === others.catalogToken) return 'the same secret as catalog-token';
  return (
    otherThanCatalogToken(secret, others) ??
    (isJwt(secret)
      ? 'a token that expires within hours (a JSON Web Token, such as System.AccessToken)'
      : ofKonnect(secret))
  );
}

/** What a secret is that is certainly no token of a catalog; undefined where it may be one. */
export function otherThanCatalogToken(
  secret: string,
  { jobToken, gitHubToken }: Omit<OtherSecrets, 'catalogToken'>,
): string | undefined {
  if (secret === jobToken) return "the job's own token (System.AccessToken), which expires with the job";
  // "Behind GitHub's new authentication token formats".
  if (secret === gitHubToken || /^(?:gh[a-z]|github_pat)_/u.test(secret)) return 'a token of GitHub';
  // "Token overview" of GitLab's documentation, section "Token prefixes".
  return /^gl[a-z]{2,10}-/u.test(secret) ? 'a token of GitLab' : undefined;
}

function ofKonnect(secret: string): string | undefined {
  return /^[ks]pat_/u.test(secret) ? 'a token of Kong Konnect' : undefined;
}

/** `header.payload.signature`, or the five parts of an encrypted one (RFC 7519), of which the header is a JSON object. */
function isJwt(secret: string): boolean {
  const [, header = ''] = /^([\w=-]+)(?:\.[\w=-]*){2,4}$/u.exec(secret) ?? [];
  return /^\s*\{/u.test(Buffer.from(header, 'base64url').toString());
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
