import type { CredentialFacts } from '../catalogs/catalog.ts';
import { Failure } from '../errors.ts';
import { keepTicket } from '../reminder/keep.ts';
import { referenceOf } from '../reminder/ticket.ts';
import type { Verdict } from '../reminder/verdict.ts';
import { Html } from '../tickets/html.ts';
import type { Tracker } from '../tickets/tracker.ts';
import type { Session } from './session.ts';

/**
 * Keeps the ticket of this run's reminder; in a plan, says what would be done with it.
 *
 * @param catalog for people
 * @throws {Failure}
 */
export async function remindByTicket(
  session: Session,
  facts: CredentialFacts,
  verdict: Verdict,
  catalog: string,
): Promise<void> {
  const { inputs, context, report, clock } = session;
  const tracker = await trackerOf(session);
  report.waiting(tracker.title);
  const matter = {
    facts,
    verdict,
    catalog,
    patGiven: inputs.azureDevOpsPat !== undefined,
    foundBy: tracker.foundBy(referenceOf(facts)),
    page: context.page,
  };
  report.ticket(
    await keepTicket(discreet(tracker, session), matter, inputs.remindWithin, {
      plan: inputs.command === 'plan',
      clock,
    }),
  );
}

/** Other people read tickets: no secret gets there, whatever a server said. */
function discreet(tracker: Tracker, { say }: Session): Tracker {
  const html = (given: Html) => new Html(say(given.text));
  return {
    ...tracker,
    create: (reference, title, body) => tracker.create(reference, say(title), html(body)),
    revise: (ticket, { title, body, comment, ...rest }) =>
      tracker.revise(ticket, {
        ...rest,
        ...(title === undefined ? {} : { title: say(title) }),
        ...(body === undefined ? {} : { body: html(body) }),
        ...(comment === undefined ? {} : { comment: { ...comment, text: html(comment.text) } }),
      }),
  };
}

async function trackerOf({ inputs, context: { tickets: place }, http, report }: Session): Promise<Tracker> {
  const fresh = {
    assignees: inputs.ticketAssignees,
    labels: inputs.ticketLabels,
    warn: report.warning,
  };
  if (place?.kind === 'github-issues') {
    if (!inputs.gitHubToken)
      throw new Failure('There is no github-token to keep the ticket with.', 'Set github-token.');
    const { gitHubIssues } = await import('../tickets/github-issues.ts');
    return gitHubIssues(place, http, inputs.gitHubToken, fresh);
  }
  const secret = place?.token ? { jobToken: place.token } : { pat: inputs.azureDevOpsPat ?? '' };
  if (place && (place.token || inputs.azureDevOpsPat)) {
    const { workItems } = await import('../tickets/work-items.ts');
    return workItems(place, http, secret, inputs.workItemType, fresh);
  }
  throw new Failure(
    place
      ? 'There is neither a job token nor a PAT to keep the work item with.'
      : 'There is no place for a ticket here: neither a GitHub repository nor an Azure DevOps project.',
    'Run the step in GitHub Actions or Azure Pipelines, or leave ticket out.',
  );
}
