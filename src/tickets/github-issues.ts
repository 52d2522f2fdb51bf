import { nullish, number, object, safeParse, string } from 'valibot';
import { Failure, messageOf } from '../errors.ts';
import type { Http } from '../http/http.ts';
import { oneLine } from '../text.ts';
import { fetchThrough } from './fetch.ts';
import type { Html } from './html.ts';
import type { IssuesOfRepository, NewTicket, Ticket, Tracker } from './tracker.ts';

/** Lists of issues can be asked for by a label, and not by what is in them. */
const LABEL = 'catalog-connect';

/**
 * The issues of a repository ("REST API endpoints for issues", "… for issue comments").
 *
 * @param token one with `issues: write`
 */
export async function gitHubIssues(
  place: IssuesOfRepository,
  http: Http,
  token: string,
  { assignees, labels, unassigned }: NewTicket,
): Promise<Tracker> {
  const getOctokit = await place.octokit();
  const octokit = getOctokit(token, {
    baseUrl: place.api,
    request: { fetch: fetchThrough(http, place.api) },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const { issues } = octokit.rest;
  const at = { owner: place.owner, repo: place.repository };

  /** A comment with this mark is there once: of two runs, the later takes its own back. */
  async function commentOnce({ id: issue, author }: Ticket, text: Html, mark: string): Promise<void> {
    const withMark = async () =>
      (await octokit.paginate(issues.listComments, { ...at, issue_number: issue, per_page: 100 }))
        // What others write is no sign that people were told.
        .filter(({ body, user }) => body?.includes(mark) && user?.login === author)
        .map(({ id }) => id);
    if ((await withMark()).length > 0) return;
    const { data } = await issues.createComment({ ...at, issue_number: issue, body: text.text });
    if (Math.min(data.id, ...(await withMark())) < data.id)
      await issues.deleteComment({ ...at, comment_id: data.id });
  }

  return {
    title: `the issues of ${place.owner}/${place.repository}`,
    foundBy: () => `the label ${LABEL}`,
    find: (reference) =>
      attempt('look for the issue', async () => {
        const query = { ...at, state: 'all', labels: LABEL, per_page: 100 } as const;
        const found = await octokit.paginate(issues.listForRepo, query);
        return found
          .filter((issue) => !issue.pull_request && issue.body?.includes(reference))
          .map(ticketOf)
          .sort((a, b) => a.id - b.id);
      }),
    create: (_, title, body) =>
      attempt('open an issue', async () => {
        const draft = { ...at, title, body: body.text, labels: [LABEL, ...labels] };
        const { data } = await issues.create({ ...draft, assignees }).catch((error) => {
          // Somebody may have left: just then the ticket is needed.
          if (error.status !== 422 || assignees.length === 0) throw error;
          unassigned(messageOf(explained(error, 'assign it')));
          return issues.create(draft);
        });
        const made = ticketOf(data);
        if (data.labels?.some((label) => (typeof label === 'string' ? label : label.name) === LABEL))
          return made;
        await issues.update({ ...at, issue_number: made.id, state: 'closed' });
        throw new Failure(
          `GitHub did not give the issue ${made.url} the label ${LABEL}, by which later runs find it, so it is closed again.`,
          'Give github-token the permission to set labels (issues: write, by somebody who may triage).',
        );
      }),
    revise: (ticket, { title, body, open, comment }) =>
      attempt(`update the issue ${ticket.id}`, async () => {
        if (comment) await commentOnce(ticket, comment.text, comment.mark);
        const { data } = await issues.update({
          ...at,
          issue_number: ticket.id,
          ...(title === undefined ? {} : { title }),
          ...(body === undefined ? {} : { body: body.text }),
          ...(open === undefined ? {} : { state: open ? 'open' : 'closed' }),
        });
        return ticketOf(data);
      }),
  };

  async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explained(error, `${what} in ${place.owner}/${place.repository}`);
    }
  }
}

const Issue = object({
  number: number(),
  html_url: string(),
  state: string(),
  body: nullish(string()),
  user: nullish(object({ login: string() })),
});

function ticketOf(issue: unknown): Ticket {
  const { success, output } = safeParse(Issue, issue);
  if (!success) throw new UnreadableIssue();
  return {
    id: output.number,
    url: oneLine(output.html_url),
    open: output.state === 'open',
    body: output.body ?? '',
    author: output.user?.login,
  };
}

/** It may well have been written. */
class UnreadableIssue extends Failure {
  override readonly name = 'UnreadableIssue';
  readonly maybeProcessed = true;

  constructor() {
    super(
      'GitHub answered, but not with an issue.',
      'Check GITHUB_API_URL, and whether a proxy answers in its place.',
    );
  }
}

/** GitHub answered, but not with what was asked for. */
class IssueRefused extends Failure {
  override readonly name = 'IssueRefused';
  readonly status: number;
  readonly maybeProcessed: boolean;

  constructor(status: number, reads: boolean, message: string, cure: string) {
    super(message, cure);
    this.status = status;
    this.maybeProcessed = !reads && status >= 500;
  }
}

/** What @octokit/request throws: `RequestError`, with our own error as its cause where there was no answer. */
interface RequestError {
  status?: unknown;
  cause?: unknown;
  request?: { method: string; url: string };
  response?: { headers: Record<string, string | undefined>; data?: { message?: unknown } };
}

function explained(error: unknown, what: string): unknown {
  const { status, cause, request, response } = error as RequestError;
  if (error instanceof Failure) return error;
  if (cause instanceof Failure) return cause;
  if (typeof status !== 'number' || !request || !response) return error;
  const { method, url } = request;
  const says = oneLine(String(response.data?.message ?? messageOf(error)), 300);
  const id = response.headers['x-github-request-id'];
  return new IssueRefused(
    status,
    method === 'GET',
    `GitHub did not let the step ${what}: ${method} ${new URL(url).pathname}, status ${status}${id ? `, request ${oneLine(id, 80)}` : ''}. ${says}`,
    cureOf(status, says),
  );
}

function cureOf(status: number, says: string): string {
  if (/rate limit/iu.test(says) || status === 429)
    return 'GitHub limits how often it may be called. Run the step again later.';
  if (status === 401) return 'The github-token is not valid here.';
  if (status === 403 || status === 404)
    return 'Give the job the permission "issues: write" (and "contents: read" only if it checks something out), or set github-token to a token that has it.';
  if (status === 410) return 'Issues are turned off in this repository: turn them on, or use no ticket.';
  if (status === 422) return 'Check ticket-assignees (people who can be assigned here) and ticket-labels.';
  if (status >= 500) return 'The fault is on the side of GitHub. Run the step again.';
  return 'Check github-token and the repository.';
}
