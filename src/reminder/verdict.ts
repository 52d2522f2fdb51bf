import type { CredentialFacts, CredentialStatus } from '../catalogs/catalog.ts';
import { aYearAfter, type Day, daysAfter } from '../dates.ts';
import type { Inputs } from '../inputs/parse.ts';
import type { PatTrial } from '../scm/azure-devops.ts';
import { type Expiry, expiryOf } from './expiry.ts';
import { daysLeft, howKnown, subject } from './wording.ts';

/** How it is with a credential today. */
export interface Verdict {
  status: CredentialStatus | 'expiring';
  expiry: Expiry | undefined;
  /** For people. */
  message: string;
  /** What to do; undefined when there is nothing to do. */
  cure: string | undefined;
  /** What else is not right. */
  asides: string[];
}

export type Given = Pick<Inputs, 'patExpiresOn' | 'azureDevOpsPat' | 'remindWithin'>;

/**
 * Judges a credential by what the catalog knows of it, by the day on which it ends, and by a try of the PAT that it was
 * made from: what was tried counts more than a day that somebody wrote down.
 *
 * @param trial undefined where no PAT is given
 */
export function judge(
  facts: CredentialFacts,
  trial: PatTrial | undefined,
  given: Given,
  today: Day,
): Verdict {
  const expiry = expiryOf(facts, given, today);
  const asides = asidesOf(facts, trial, given, today);
  const verdict = (status: Verdict['status'], message: string, cure?: string): Verdict => ({
    status,
    expiry,
    message,
    cure,
    asides,
  });
  if (facts.status !== 'valid') return verdict(facts.status, facts.advice?.problem ?? '', facts.advice?.cure);
  const what = subject(facts);
  const tried = facts.fromPat === false ? undefined : trial;
  if (tried?.result === 'expired' || tried?.result === 'refused')
    return verdict(
      tried.result === 'expired' ? 'expired' : 'tainted',
      `${what} does not work any more, although the catalog has not noticed yet. ${tried.why}`,
      renewal(facts),
    );
  const proven = tried?.result === 'works' ? ' Azure DevOps accepts it today.' : '';
  if (!expiry) return verdict('valid', `${what} works; it has no last day that is known.`);
  if (expiry.daysLeft < 0 && proven)
    return verdict(
      'expiring',
      `${what} should have ended on ${expiry.on} (${howKnown(expiry)}), but Azure DevOps accepts it today.`,
      'Somebody prolonged it, or the day is wrong. Set pat-expires-on to its true last day.',
    );
  if (expiry.daysLeft < 0)
    return verdict(
      'expired',
      `${what} ended on ${expiry.on}${expiry.atMost ? ' at the latest, unless somebody prolonged it' : ''} (${howKnown(expiry)}).`,
      renewal(facts),
    );
  const until = `${expiry.on}${expiry.atMost ? ' at the latest' : ''}`;
  if (expiry.daysLeft <= given.remindWithin)
    return verdict(
      'expiring',
      `${what} ends on ${until}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${proven}`,
      renewal(facts),
    );
  const hint = expiry.atMost ? ' Set pat-expires-on to its true last day, to be reminded in time.' : '';
  return verdict(
    'valid',
    `${what} is valid until ${until}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${proven}${hint}`,
  );
}

function renewal({ owner }: CredentialFacts): string {
  return owner.provider === 'azure-devops'
    ? `Make a new PAT (Code: Read, in the organization "${owner.organization}" only), put it into the secret of azure-devops-pat, and run command: register once: it proves the PAT and replaces the credential without losing anything.`
    : 'Authorize the integration again.';
}

function asidesOf(
  facts: CredentialFacts,
  trial: PatTrial | undefined,
  { patExpiresOn }: Given,
  today: Day,
): string[] {
  const asides: string[] = [];
  if (facts.fromPat === false && (trial?.result === 'expired' || trial?.result === 'refused'))
    asides.push(
      `The azure-devops-pat that is given does not work; the credential was made from another one. ${trial.why}`,
    );
  // A day more, because people read the day off a page in their own time zone.
  if (patExpiresOn && patExpiresOn > daysAfter(aYearAfter(today), 1))
    asides.push(
      `pat-expires-on (${patExpiresOn}) is more than a year ahead, but no PAT lives longer. Check it.`,
    );
  return asides;
}
