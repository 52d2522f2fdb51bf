import type { CredentialFacts } from '../catalogs/catalog.ts';
import { type Day, daysFrom } from '../dates.ts';
import type { TicketOperation } from '../inputs/table.ts';
import type { Ticket } from '../tickets/tracker.ts';
import type { Verdict } from './verdict.ts';

/** At how many days before the end people are told again. */
const THRESHOLDS = [30, 14, 7, 1];
/** The stage of a credential whose last day is over, and that still works. */
const OVER = 0;

/**
 * How far it has come: so many days or fewer are left, or it has ended in some way, or it was renewed; or nothing is
 * known of it, which no ticket says.
 */
export type Stage = number | 'expired' | 'tainted' | 'missing' | 'unauthorized' | 'renewed' | 'unknown';

/** What a ticket says, in a few characters that are left in it. */
export interface Mark {
  stage: Stage;
  /** '' where no day is known. */
  on: Day | '';
  credential: string;
  /** How often people were told something. */
  told: number;
}

/** What a ticket has to say today. */
export interface Situation extends Omit<Mark, 'told'> {
  /** Whether the day is known of this very credential, and is not an upper bound. */
  exact: boolean;
  /** Whether the credential was seen working, and is not only not known to be broken. */
  works: boolean;
  remindWithin: number;
}

/** @param patGiven whether the run has a PAT, of which the day may be */
export function situationOf(
  facts: CredentialFacts,
  verdict: Verdict,
  remindWithin: number,
  patGiven: boolean,
): Situation {
  const { status, expiry } = verdict;
  return {
    stage: status === 'valid' ? 'renewed' : status === 'expiring' ? threshold(expiry?.daysLeft ?? 0) : status,
    on: expiry?.on ?? '',
    credential: facts.credential,
    exact:
      expiry !== undefined &&
      !expiry.atMost &&
      (expiry.source !== 'input' ||
        facts.fromPat === true ||
        (!patGiven && (facts.recorded ?? expiry.on) === expiry.on)),
    works: verdict.works,
    remindWithin,
  };

  function threshold(daysLeft: number): number {
    if (daysLeft < 0) return OVER;
    const passed = [remindWithin, ...THRESHOLDS.filter((days) => days < remindWithin)].filter(
      (days) => daysLeft <= days,
    );
    return passed.at(-1) ?? remindWithin;
  }
}

/** The word by which the ticket of an integration is found. */
export function referenceOf({ key }: CredentialFacts): string {
  return `catalog-connect-${key}`;
}

export function markText(reference: string, { stage, on, credential, told }: Mark): string {
  return `${reference}.${stage}.${on}.${credential}.${told}`;
}

export function readMark(reference: string, body: string): Mark | undefined {
  const [, stage, on = '', credential = '', told = ''] =
    new RegExp(`${reference}\\.(\\d+|[a-z]+)\\.([\\d-]*)\\.(\\w*)\\.(\\d+)`, 'u').exec(body) ?? [];
  if (!stage) return undefined;
  return {
    stage: /^\d/u.test(stage) ? Number(stage) : (stage as Stage),
    on,
    credential,
    told: Number(told),
  };
}

/** What is to be done with a ticket that is there; undefined when it says what there is to say. */
export interface Decision {
  operation: Extract<TicketOperation, 'updated' | 'closed' | 'reopened'>;
  /** Whether people are told by a comment. */
  tell: boolean;
}

/** @param ticket one that is neither open nor closed is to be opened as if it were closed, and closed as if it were open */
export function decide(
  { open }: Pick<Ticket, 'open'>,
  mark: Mark | undefined,
  now: Situation,
): Decision | undefined {
  if (now.stage === 'unknown') return undefined;
  const quietly: Decision = { operation: 'updated', tell: false };
  if (now.stage === 'renewed') {
    if (!isRenewed(mark, now) || (!open && mark?.stage === 'renewed')) return undefined;
    // Who closed it by hand is told nothing, but it is noted, for the next time.
    return open === false ? quietly : { operation: 'closed', tell: true };
  }
  if (mark === undefined) return { operation: open ? 'updated' : 'reopened', tell: true };
  // What was seen not working is not better before something shows it.
  if (typeof now.stage === 'number' && isDead(mark.stage) && !isRenewed(mark, now)) return undefined;
  const graver = rank(now.stage) < rank(mark.stage);
  if (open) {
    const same = mark.stage === now.stage && mark.on === now.on && isSame(mark.credential, now.credential);
    return same ? undefined : { operation: 'updated', tell: graver };
  }
  // Who closed it knows of it, until it gets graver or is about the next year's.
  if (graver || isNextCycle(mark, now)) return { operation: 'reopened', tell: true };
  return mark.stage === now.stage ? undefined : quietly;
}

function isDead(stage: Stage): boolean {
  return stage === 'expired' || stage === 'tainted';
}

/**
 * Whether two credentials are one: the same record of the catalog, or made from the same PAT. Each is named by both, as
 * far as both are known.
 */
function isSame(left: string, right: string): boolean {
  if (left === '' || right === '') return left === right;
  const [[record, pat], [otherRecord, otherPat]] = [left.split('_'), right.split('_')];
  return record === otherRecord || (pat !== undefined && pat === otherPat);
}

/** What only is not known to be broken proves nothing: another credential does, a later day, or one that was tried. */
function isRenewed(mark: Mark | undefined, now: Situation): boolean {
  if (mark === undefined) return now.exact;
  const { stage } = mark;
  if (!isSame(mark.credential, now.credential)) return true;
  if (stage === 'missing' || stage === 'unauthorized') return true;
  // The catalog refused it, and took it again: it was proven then.
  if (stage === 'tainted' && mark.credential.split('_')[0] !== now.credential.split('_')[0]) return true;
  if (isDead(stage) && now.works) return true;
  return stage !== 'tainted' && mark.on !== '' && now.exact && now.on > mark.on;
}

/** The smaller, the graver. */
function rank(stage: Stage): number {
  if (stage === 'renewed') return Number.POSITIVE_INFINITY;
  return typeof stage === 'number' ? stage : -1;
}

function isNextCycle(mark: Mark, now: Situation): boolean {
  if (now.credential !== '' && !isSame(mark.credential, now.credential)) return true;
  return mark.on !== '' && now.on !== '' && daysFrom(mark.on, now.on) > now.remindWithin;
}

/** Whether what works again is what did not, so that it was not renewed. */
export function isAgain(mark: Mark | undefined, now: Situation): boolean {
  return mark !== undefined && mark.on === now.on && isSame(mark.credential, now.credential);
}
