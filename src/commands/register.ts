import type { CredentialFacts } from '../catalogs/catalog.ts';
import { fullName } from '../repository.ts';
import { judgeToday, type Session, tryPat } from './session.ts';
import { targetOf } from './target.ts';

/**
 * `command: register` and `command: plan`: the same run, of which a plan writes nothing. In the end it says when the
 * credential ends, as far as it came to know.
 *
 * @throws {Failure}
 */
export async function register(session: Session): Promise<void> {
  const { inputs, context, report } = session;
  const repository = targetOf(inputs, context);
  const catalog = session.catalogFor(repository);
  const plan = inputs.command === 'plan';
  report.begin(
    `${plan ? 'plan (nothing is written)' : 'register'}: ${fullName(repository)} in ${catalog.title}`,
  );
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
  if (plan && inputs.ticket && facts) {
    const { remindByTicket } = await import('./ticket.ts');
    await remindByTicket(session, facts, judgeToday(session, facts, await trying), catalog.title);
  }
}
