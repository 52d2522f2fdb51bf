import type { CredentialFacts } from '../catalogs/catalog.ts';
import { type Day, daysFrom } from '../dates.ts';
import type { TicketOperation } from '../inputs/table.ts';
import type { Ticket } from '../tickets/tracker.ts';
import type { Verdict } from './verdict.ts';

/** At how many days before the end people are told again. */
const THRESHOLDS = [30, 14, 7, 1];

/** How far it has come: so many days or fewer are left, or it has ended in some way, or it was renewed. */
export type Stage = number | 'expired' | 'tainted' | 'missing' | 'unauthorized' | 'renewed';

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
      (expiry.source !== 'input' || !patGiven || facts.fromPat === true),
    works: verdict.works,
    remindWithin,
  };

  function threshold(daysLeft: number): number {
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

export function decide(
  { open }: Pick<Ticket, 'open'>,
  mark: Mark | undefined,
  now: Situation,
): Decision | undefined {
  if (now.stage === 'renewed') {
    if (!isRenewed(mark, now) || (!open && mark?.stage === 'renewed')) return undefined;
    // Who closed it by hand is told nothing, but it is noted, for the next time.
    return open ? { operation: 'closed', tell: true } : { operation: 'updated', tell: false };
  }
  const graver = mark === undefined || rank(now.stage) < rank(mark.stage);
  // Who closed it knows of it, until it gets graver or is about the next year's.
  if (!open) return graver || isNextCycle(mark, now) ? { operation: 'reopened', tell: true } : undefined;
  const same =
    mark?.stage === now.stage &&
    mark.on === now.on &&
    (mark.credential === now.credential || !now.credential);
  return same ? undefined : { operation: 'updated', tell: graver };
}

/** What only is not known to be broken proves nothing: another credential does, a later day, or one that was tried. */
function isRenewed(mark: Mark | undefined, now: Situation): boolean {
  if (mark === undefined) return now.exact;
  if (mark.credential !== now.credential || (now.exact && now.on > mark.on)) return true;
  const { stage } = mark;
  if (stage === 'missing' || stage === 'unauthorized') return true;
  return (stage === 'expired' || stage === 'tainted') && now.works;
}

/** The smaller, the graver. */
function rank(stage: Stage): number {
  if (stage === 'renewed') return Number.POSITIVE_INFINITY;
  return typeof stage === 'number' ? stage : -1;
}

function isNextCycle(mark: Mark, now: Situation): boolean {
  if (now.credential !== '' && mark.credential !== '' && now.credential !== mark.credential) return true;
  return mark.on !== '' && now.on !== '' && daysFrom(mark.on, now.on) > now.remindWithin;
}
