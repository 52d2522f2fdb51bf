import { nullish, number, object, string } from 'valibot';
import type { Http } from '../http/http.ts';
import { gitHubApi } from './github-api.ts';
import { Issue, isSame, missingLabels, ticketOf, User } from './github-issue.ts';
import { GitHubRefused } from './github-refused.ts';
import type { Html } from './html.ts';
import {
  type IssuesOfRepository,
  notAssigned,
  type Ticket,
  type Tracker,
  type TrackerOptions,
} from './tracker.ts';

/** Lists of issues can be asked for by a label, and not by what is in them. */
const LABEL = 'catalog-connect';
/** Whose issues are those that the token of a job opens. */
const JOB = 'github-actions[bot]';
/** So many pages of the newest issues of one creator are searched for one without the label. */
const NEWEST_PAGES = 3;

const Comment = object({ id: number(), body: nullish(string()), user: nullish(User) });

const ISSUES = '/repos/{owner}/{repo}/issues';
const ISSUE = `${ISSUES}/{issue_number}`;

/**
 * The issues of a repository ("REST API endpoints for issues", "… for issue comments").
 *
 * @param token one with `issues: write`
 */
export async function gitHubIssues(
  place: IssuesOfRepository,
  http: Http,
  token: string,
  { assignees, labels, warn }: TrackerOptions,
): Promise<Tracker> {
  const gitHub = await gitHubApi(place, http, token);

  /** A comment with this mark is there once: of two runs, the later takes its own back. */
  async function commentOnce({ id, author }: Ticket, text: Html, mark: string): Promise<void> {
    const what = `comment on the issue ${id}`;
    const at = { issue_number: id };
    const withMark = async () =>
      (await gitHub.list(what, Comment, `GET ${ISSUE}/comments`, at))
        // What others write is no sign that people were told.
        .filter(({ body, user }) => body?.includes(mark) && user?.login === author)
        .map((comment) => comment.id);
    if ((await withMark()).length > 0) return;
    const made = await gitHub.call(what, Comment, `POST ${ISSUE}/comments`, { ...at, body: text.text });
    if (Math.min(made.id, ...(await withMark())) < made.id)
      await gitHub.delete(what, `${ISSUES}/comments/{comment_id}`, { comment_id: made.id });
  }

  const list = (parameters: Record<string, unknown>, pages?: number) =>
    gitHub.list('look for the issue', Issue, `GET ${ISSUES}`, { state: 'all', ...parameters }, pages);

  /** The newest issues that were opened with the token: GitHub drops the labels of whoever may not set them. */
  async function listOwn(): Promise<Issue[]> {
    const login = await self();
    return (await list({ creator: login }, NEWEST_PAGES)).filter(({ user }) => isSame(user?.login, login));
  }

  async function self(): Promise<string> {
    // The token of an app, as a job's is, belongs to nobody who could be asked for.
    if (token.startsWith('ghs_')) return JOB;
    const asked = gitHub.call('read whose token it has', User, 'GET /user');
    return asked.then(
      ({ login }) => login,
      (error) => {
        if (isRefusal(error, 403) || isRefusal(error, 404)) return JOB;
        throw error;
      },
    );
  }

  return {
    title: `the issues of ${place.owner}/${place.repository}`,
    foundBy: () => `the label ${LABEL}`,
    async find(reference) {
      const ours = (issues: Issue[]) =>
        issues
          .filter((issue) => !issue.pull_request && issue.body?.includes(reference))
          .map(ticketOf)
          .sort((a, b) => a.id - b.id);
      const labelled = ours(await list({ labels: LABEL }));
      return labelled.length > 0 ? labelled : ours(await listOwn());
    },
    async create(_, title, body) {
      const draft = { title, body: body.text, labels: [LABEL, ...labels] };
      const open = (given: Record<string, unknown>) =>
        gitHub.call('open an issue', Issue, `POST ${ISSUES}`, given);
      const made = await open({ ...draft, assignees }).catch(async (error) => {
        // Somebody may have left: just then the ticket is needed.
        if (assignees.length === 0 || !isRefusal(error, 422)) throw error;
        const unassigned = await open(draft);
        warn(notAssigned(error.message));
        return unassigned;
      });
      const ticket = ticketOf(made);
      const lost = missingLabels(made, draft.labels);
      if (lost.length > 0) warn(lostLabels(ticket, lost));
      return ticket;
    },
    async revise(ticket, { title, body, open, comment }) {
      const untold = comment && (await lockMet(ticket, commentOnce(ticket, comment.text, comment.mark)));
      const changes = {
        issue_number: ticket.id,
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body: body.text }),
        ...(open === undefined ? {} : { state: open ? 'open' : 'closed' }),
      };
      const changing = gitHub.call(`update the issue ${ticket.id}`, Issue, `PATCH ${ISSUE}`, changes);
      const unchanged = await lockMet(ticket, changing);
      const lock = unchanged ?? untold;
      if (lock)
        warn(
          `The issue ${ticket.url} is locked. It was ${unchanged ? 'not updated' : 'updated, but without a comment'}. ${lock.message} Unlock it to get reminders in it again.`,
        );
      return unchanged ? undefined : ticketOf(await changing);
    },
  };
}

function isRefusal(error: unknown, status: number): error is GitHubRefused {
  return error instanceof GitHubRefused && error.status === status;
}

/** How GitHub refused something because people locked the issue; undefined where it was done. */
async function lockMet(ticket: Ticket, doing: Promise<unknown>): Promise<GitHubRefused | undefined> {
  try {
    await doing;
    return undefined;
  } catch (error) {
    if (isLock(error, ticket)) return error;
    throw error;
  }
}

function isLock(error: unknown, { locked }: Ticket): error is GitHubRefused {
  if (!isRefusal(error, 403) || /rate limit|\barchived\b/iu.test(error.says)) return false;
  return locked || /\blocked\b/iu.test(error.says);
}

function lostLabels(ticket: Ticket, labels: string[]): string {
  const found = labels.includes(LABEL)
    ? 'Later runs find the issue only among the newest ones of the same creator. '
    : '';
  return `GitHub created the issue ${ticket.url} without ${labels.length > 1 ? 'the labels' : 'the label'} ${labels.join(', ')}. ${found}Use a github-token whose owner can triage the repository: others can set neither labels nor assignees.`;
}
