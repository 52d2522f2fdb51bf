import type { CredentialFacts, CredentialStatus } from '../catalogs/catalog.ts';
import { aYearAfter, type Day, daysAfter } from '../dates.ts';
import type { Inputs } from '../inputs/parse.ts';
import type { PatTrial } from '../scm/azure-devops.ts';
import { type Expiry, expiryOf } from './expiry.ts';
import { daysLeft, howKnown } from './wording.ts';

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
  /** Whether the credential was seen working. */
  works: boolean;
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
  // A PAT that may be another proves nothing by working; but who gives one that is dead is to know.
  const tried = facts.fromPat === false || facts.inUse ? undefined : trial;
  const works = facts.inUse || (tried?.result === 'works' && facts.fromPat === true);
  const unproven = facts.status === 'unknown' && !works;
  const over = expiry !== undefined && expiry.daysLeft < 0;
  const verdict = (status: Verdict['status'], message: string, cure?: string): Verdict => ({
    status,
    expiry,
    message,
    cure,
    asides,
    // Without a PAT, what the catalog says is all that can be had.
    works: works || (!unproven && facts.owner.provider !== 'azure-devops'),
  });
  const asCatalogSays = () => verdict(facts.status, facts.advice?.problem ?? '', facts.advice?.cure);
  if (facts.status === 'expired' || facts.status === 'tainted' || facts.status === 'missing')
    return asCatalogSays();
  const what = facts.subject;
  if (tried?.result === 'expired' || tried?.result === 'refused')
    return verdict(
      tried.result === 'expired' ? 'expired' : 'tainted',
      facts.fromPat
        ? `${what} does not work any more${facts.status === 'valid' ? ', although the catalog has not noticed yet' : ''}. ${tried.why}`
        : `The azure-devops-pat that is given, which may be the one of the catalog, does not work. ${tried.why}`,
      facts.renewal.join(' '),
    );
  if (facts.status === 'unauthorized' && (works || !over)) return asCatalogSays();
  const note = noteOn(facts, tried, works);
  const unlessUnproven = (message: string) => (unproven ? asCatalogSays() : verdict('valid', message));
  if (!expiry)
    return unlessUnproven(
      `${what} works${works ? ' today' : ', as far as is known'}; its last day is not known.${works ? '' : note}`,
    );
  const until = `${expiry.on}${expiry.atMost ? ' at the latest' : ''}`;
  if (over && works)
    return verdict(
      'expiring',
      `${what} should have ended on ${until} (${howKnown(expiry)}), but ${facts.inUse ? 'the catalog reads with it' : 'Azure DevOps accepts it'} today.`,
      'Somebody prolonged it, or the day is wrong. Set pat-expires-on to its true last day.',
    );
  if (over)
    return verdict(
      'expired',
      `${what} ended on ${until}${expiry.atMost ? ', unless somebody prolonged it' : ''} (${howKnown(expiry)}).${note}`,
      facts.renewal.join(' '),
    );
  if (expiry.daysLeft <= given.remindWithin)
    return verdict(
      'expiring',
      `${what} ends on ${until}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${note}`,
      facts.renewal.join(' '),
    );
  const hint = expiry.atMost ? ' Set pat-expires-on to its true last day, to be reminded in time.' : '';
  return unlessUnproven(
    `${what} is valid until ${until}: ${daysLeft(expiry.daysLeft)} (${howKnown(expiry)}).${note}${hint}`,
  );
}

/** What a try of the PAT says, or why nothing was proven. */
function noteOn(
  { status, advice, owner, fromPat, inUse }: CredentialFacts,
  tried: PatTrial | undefined,
  works: boolean,
): string {
  if (inUse) return ' The catalog reads with it today.';
  if (works) return ' Azure DevOps accepts it today.';
  if (status === 'unknown' && advice) return ` ${advice.problem}`;
  if (owner.provider !== 'azure-devops' || fromPat === false) return '';
  if (!tried) return ' It was not tried: there is no azure-devops-pat.';
  return tried.result === 'works'
    ? ' The azure-devops-pat that is given works, but it is not known whether the credential was made from it.'
    : ` Whether it works could not be tried: ${'why' in tried ? tried.why : ''}`;
}

function asidesOf(
  facts: CredentialFacts,
  trial: PatTrial | undefined,
  { patExpiresOn }: Given,
  today: Day,
): string[] {
  const asides: string[] = [];
  if (
    (facts.fromPat === false || facts.inUse) &&
    (trial?.result === 'expired' || trial?.result === 'refused')
  )
    asides.push(
      `The azure-devops-pat that is given does not work; the catalog uses another one. ${trial.why}`,
    );
  if (facts.fromPat === false && trial?.result === 'works')
    asides.push(
      `The azure-devops-pat that is given works, but the catalog still uses another one. To store it, ${facts.store}.`,
    );
  if (patExpiresOn && facts.fromPat === undefined && facts.recorded && facts.recorded !== patExpiresOn)
    asides.push(
      `pat-expires-on says ${patExpiresOn}, but ${facts.recorded} was recorded of the PAT that the catalog uses. If there is a new one, run command: register once; if the day was corrected, too.`,
    );
  // A day more, because people read the day off a page in their own time zone.
  if (patExpiresOn && patExpiresOn > daysAfter(aYearAfter(today), 1))
    asides.push(
      `pat-expires-on (${patExpiresOn}) is more than a year ahead, but no PAT lives longer. Check it.`,
    );
  return asides;
}
