import type { CredentialFacts } from '../catalogs/catalog.ts';
import { Failure } from '../errors.ts';
import { fullName } from '../repository.ts';
import { judgeToday, type Session, tellUnusedDay, tryPat, withNames } from './session.ts';
import { targetOf } from './target.ts';

/**
 * `command: register` and `command: plan`: the same run, of which a plan writes nothing. In the end it says when the
 * credential ends, as far as it came to know.
 *
 * @throws {Failure}
 */
export async function register(session: Session): Promise<void> {
  const { inputs, context, report } = session;
  const repository = await withNames(session, targetOf(inputs, context));
  const catalog = await session.catalogFor(repository);
  const plan = inputs.command === 'plan';
  report.begin(
    `${plan ? 'plan (nothing is written)' : 'register'}: ${fullName(repository)} in ${catalog.title}`,
  );
  tellUnusedDay(session, repository);
  const trying = tryPat(session, repository, repository);
  let facts: CredentialFacts | undefined;
  try {
    await catalog.connect(repository, {
      ...report,
      credential(told) {
        facts = told;
      },
    });
  } finally {
    if (facts) report.verdict(judgeToday(session, facts, await trying), 'warning');
  }
  const left = report.pending();
  if (left && inputs.failOnPending)
    throw new Failure(
      left,
      'Then run the step again: it goes on from there. (fail-on-pending decides whether it fails.)',
    );
  if (left) report.warning(left);
  if (!inputs.ticket || !facts) return;
  const verdict = judgeToday(session, facts, await trying);
  if (!plan) return report.info('No ticket is kept by command: register; that is what command: remind does.');
  // Where the plan would repair the credential, there is nothing to be reminded of.
  if (!verdict.message) return;
  const { remindByTicket } = await import('./ticket.ts');
  await remindByTicket(session, facts, verdict, catalog.title);
}
