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
}

/** What a ticket has to say today. */
export interface Situation extends Mark {
  /** Whether the day is known, and is not an upper bound. */
  exact: boolean;
  remindWithin: number;
}

export function situationOf(facts: CredentialFacts, verdict: Verdict, remindWithin: number): Situation {
  const { status, expiry } = verdict;
  return {
    stage: status === 'valid' ? 'renewed' : status === 'expiring' ? threshold(expiry?.daysLeft ?? 0) : status,
    on: expiry?.on ?? '',
    credential: facts.credential,
    exact: expiry !== undefined && !expiry.atMost,
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

export function markText(reference: string, { stage, on, credential }: Mark): string {
  return `${reference}.${stage}.${on}.${credential}`;
}

export function readMark(reference: string, body: string): Mark | undefined {
  const [, stage, on = '', credential = ''] =
    new RegExp(`${reference}\\.(\\d+|[a-z]+)\\.([\\d-]*)\\.(\\w*)`, 'u').exec(body) ?? [];
  if (!stage) return undefined;
  return { stage: /^\d/u.test(stage) ? Number(stage) : (stage as Stage), on, credential };
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
    return open && isRenewed(mark, now) ? { operation: 'closed', tell: true } : undefined;
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

/** An upper bound that is far off proves nothing of the credential that a ticket is about: another credential does. */
function isRenewed(mark: Mark | undefined, now: Situation): boolean {
  if (mark === undefined) return now.exact;
  return (
    mark.credential !== now.credential || typeof mark.stage === 'string' || (now.exact && now.on > mark.on)
  );
}

/** The smaller, the graver. */
function rank(stage: Stage): number {
  if (stage === 'renewed') return Number.POSITIVE_INFINITY;
  return typeof stage === 'number' ? stage : -1;
}

function isNextCycle(mark: Mark, now: Situation): boolean {
  return mark.on !== '' && now.on !== '' && daysFrom(mark.on, now.on) > now.remindWithin;
}
