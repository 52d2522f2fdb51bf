import { aheadThen } from '../ahead.ts';
import type { Clock } from '../clock.ts';
import { type Ensurable, ensure } from '../ensure.ts';
import { Failure } from '../errors.ts';
import type { TicketOperation } from '../inputs/table.ts';
import type { Ticket, Tracker } from '../tickets/tracker.ts';
import { bodyOf, commentOf, duplicateOf, type Matter, titleOf } from './letter.ts';
import { decide, isAgain, markText, readMark, referenceOf, situationOf } from './ticket.ts';

export interface KeptTicket {
  operation: TicketOperation;
  ticket: Ticket | undefined;
  title: string;
}

/**
 * Keeps the one ticket about a credential: opens it, tells in it how far it has come, closes it after the renewal.
 *
 * @throws {Failure}
 */
export async function keepTicket(
  tracker: Tracker,
  matter: Matter,
  remindWithin: number,
  mode: { plan: boolean; clock: Clock },
): Promise<KeptTicket> {
  const reference = referenceOf(matter.facts);
  const situation = situationOf(matter.facts, matter.verdict, remindWithin, matter.patGiven);
  const title = titleOf(matter);
  const tickets = await tracker.find(reference);
  const unknown = situation.stage === 'unknown';
  if (tickets.length === 0 && (unknown || situation.stage === 'renewed'))
    return { operation: 'skipped', ticket: undefined, title };
  if (unknown) return { operation: 'unchanged', ticket: tickets[0], title };
  if (!mode.plan) await closeDuplicates(tracker, reference, tickets);

  let operation: TicketOperation = 'unchanged';
  const decision = (found: Ticket) => decide(found, readMark(reference, found.body), situation);
  const fresh = markText(reference, { ...situation, told: 0 });
  const ticket: Ensurable<Ticket> = {
    title: `ticket "${title}"`,
    hidden: 'Run the step again.',
    find: aheadThen(Promise.resolve(tickets[0]), async () => (await tracker.find(reference))[0]),
    differs: (found) => {
      const decided = decision(found);
      if (decided) operation = decided.operation;
      return decided ? [decided.operation] : [];
    },
    async create() {
      const made = await tracker.create(reference, title, bodyOf(matter, fresh));
      const [oldest = made] = await tracker.find(reference);
      if (oldest.id >= made.id) return made;
      await closeDuplicates(tracker, reference, [oldest, made]);
      throw new OpenedMeanwhile();
    },
    async update(found) {
      const { tell, operation: decided } = decision(found) ?? { tell: false, operation: 'updated' };
      const before = readMark(reference, found.body);
      const told = (before?.told ?? 0) + (tell ? 1 : 0);
      const mark = markText(reference, { ...situation, told });
      const renewed = situation.stage === 'renewed';
      const now = { ...matter, again: renewed && isAgain(before, situation) };
      const revised = await tracker.revise(found, {
        title: titleOf(now),
        body: bodyOf(now, mark),
        open: decided === 'updated' ? found.open : !renewed,
        ...(tell ? { comment: { text: commentOf(now, renewed, mark), mark } } : {}),
      });
      operation = doneOf(decided, revised);
      return revised ?? found;
    },
  };
  const ensured = await ensure(ticket, mode);
  if (ensured.operation === 'created') operation = 'created';
  return { operation, ticket: ensured.value, title };
}

/** What a revision came to: a place may refuse all of it, or only to open or to close the ticket. */
function doneOf(decided: TicketOperation, revised: Ticket | undefined): TicketOperation {
  if (!revised) return 'unchanged';
  const refused =
    (decided === 'closed' && revised.open !== false) || (decided === 'reopened' && revised.open !== true);
  return refused ? 'updated' : decided;
}

/** Of tickets that were opened at the same moment, the oldest is kept. */
async function closeDuplicates(
  tracker: Tracker,
  reference: string,
  [oldest, ...others]: Ticket[],
): Promise<void> {
  for (const other of others) {
    if (!oldest || !other.open) continue;
    const mark = `${reference}.duplicate`;
    const revision = { open: false, comment: { text: duplicateOf(oldest.url, mark), mark } };
    await tracker.revise(other, revision).catch((error) => {
      // Another run closes it at the same moment, or the next one does.
      if (!error.conflict && !error.maybeProcessed) throw error;
    });
  }
}

class OpenedMeanwhile extends Failure {
  override readonly name = 'OpenedMeanwhile';
  readonly conflict = true;

  constructor() {
    super('Other runs keep opening the same ticket.', 'Run the step again.');
  }
}
