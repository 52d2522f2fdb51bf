import type { CredentialFacts } from '../catalogs/catalog.ts';
import { aYearAfter, type Day, daysFrom, lastDayOf } from '../dates.ts';
import type { ExpirySource } from '../inputs/table.ts';
import { issueMonthOf } from '../scm/pat.ts';

/** The last day of a credential, and how it is known. */
export interface Expiry {
  on: Day;
  source: ExpirySource;
  /** From today: 0 on the last day, negative afterwards. */
  daysLeft: number;
  /** It may end earlier, but not later, unless somebody prolongs it. */
  atMost: boolean;
}

/**
 * When the credential ends, from the best source that there is: what the user says, what the catalog knows, what an
 * earlier run recorded; else the earliest of the upper bounds, because a PAT of Azure DevOps lives a year at most.
 */
export function expiryOf(
  facts: CredentialFacts,
  {
    patExpiresOn,
    azureDevOpsPat: pat,
  }: { patExpiresOn?: Day | undefined; azureDevOpsPat?: string | undefined },
  today: Day,
): Expiry | undefined {
  if (!facts.credential) return undefined;
  const known: [ExpirySource, Day | undefined][] = [
    // What is said of another PAT says nothing of this credential, nor of one for another host.
    ['input', facts.fromPat === false || facts.owner.provider !== 'azure-devops' ? undefined : patExpiresOn],
    ['catalog', facts.expiresOn],
    ['recorded', facts.recorded],
  ];
  for (const [source, on] of known) if (on) return expiry(on, source, false);
  if (facts.owner.provider !== 'azure-devops') return undefined;

  const issued = pat && facts.fromPat !== false ? issueMonthOf(pat) : undefined;
  const fromToken = issued && lastDayOf(issued.year + 1, issued.month);
  const fromCatalog = facts.storedOn && aYearAfter(facts.storedOn);
  if (fromToken && !(fromCatalog && fromCatalog < fromToken))
    return expiry(fromToken, 'token-issue-month', true);
  return fromCatalog ? expiry(fromCatalog, 'created-at', true) : undefined;

  function expiry(on: Day, source: ExpirySource, atMost: boolean): Expiry {
    return { on, source, daysLeft: daysFrom(today, on), atMost };
  }
}
