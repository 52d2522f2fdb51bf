import { explain, Failure } from '../errors.ts';
import { judgeToday, type Session, tellUnusedDay, tryPat, withNames } from './session.ts';
import { ownerOf } from './target.ts';

/**
 * `command: remind`: tells when the credential ends, and keeps a ticket about that.
 *
 * @throws {Failure} when the credential is as `fail-on` says, or no answer can be had
 */
export async function remind(session: Session): Promise<void> {
  const { inputs, context, report } = session;
  const owner = await withNames(session, ownerOf(inputs, context));
  const catalog = await session.catalogFor(owner);
  report.begin(`remind: the credential for ${owner.organization} in ${catalog.title}`);
  tellUnusedDay(session, owner);
  const trying = tryPat(session, owner);
  const facts = await catalog.inspect(owner, { ...report, credential() {} });
  const verdict = judgeToday(session, facts, await trying);
  const fails = inputs.failOn.some((ailment) => ailment === verdict.status);
  const failure = fails ? new Failure(verdict.message, verdict.cure) : undefined;
  // What the step fails with is said then, and once.
  const said = fails ? { ...verdict, message: '' } : verdict;
  report.verdict(said, verdict.status === 'expiring' || verdict.status === 'unknown' ? 'warning' : 'error');
  if (inputs.ticket) {
    try {
      const { remindByTicket } = await import('./ticket.ts');
      await remindByTicket(session, facts, verdict, catalog.title);
    } catch (error) {
      if (!failure) throw error;
      report.warning(explain(error));
    }
  }
  if (failure) throw failure;
}
