import { Failure } from '../errors.ts';
import { parseJson } from '../http/json.ts';
import { oneLine } from '../text.ts';

/** A request to GitHub and its answer, as text. */
export interface GitHubAnswer {
  method: string;
  path: string;
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
}

/** What GitHub says of a repository ("Repositories - Get a repository"), as far as it decides on issues. */
export interface RepositoryState {
  archived?: boolean | undefined;
  has_issues?: boolean | undefined;
}

/** GitHub refused a request. */
export class GitHubRefused extends Failure {
  override readonly name = 'GitHubRefused';
  readonly status: number;
  /** What GitHub said, as it was sent. */
  readonly says: string;
  readonly maybeProcessed: boolean;

  /**
   * @param what e.g. `open an issue in acme/shop`
   * @param repository where it was asked about
   */
  constructor(what: string, answer: GitHubAnswer, repository: RepositoryState = {}) {
    const { method, path, status } = answer;
    const says = messageIn(answer.text);
    const id = answer.headers['x-github-request-id'];
    super(
      `GitHub did not let the step ${what}: ${method} ${oneLine(path, 200)}, status ${status}${id ? `, request ${oneLine(id, 80)}` : ''}. ${oneLine(says)}`.trim(),
      cureOf(status, says, repository),
    );
    this.status = status;
    this.says = says;
    this.maybeProcessed = method !== 'GET' && status >= 500;
  }
}

/** GitHub answered a request, but not with what it is for. */
export class GitHubUnreadable extends Failure {
  override readonly name = 'GitHubUnreadable';
  /** What was to be written may well be there. */
  readonly maybeProcessed: boolean;

  constructor({ method, path, status }: GitHubAnswer, came: string) {
    super(
      `GitHub answered ${method} ${oneLine(path, 200)} with status ${status}, but not as its API does: ${came}.`,
      'Check GITHUB_API_URL, and whether a proxy answers in its place.',
    );
    this.maybeProcessed = method !== 'GET';
  }
}

export function isRateLimit({ status, text }: Pick<GitHubAnswer, 'status' | 'text'>): boolean {
  return status === 429 || /rate limit/iu.test(text);
}

/** A text that is not JSON says what it says. */
function messageIn(text: string): string {
  const json = parseJson(text);
  return json && typeof json === 'object' && 'message' in json ? String(json.message) : text;
}

function cureOf(status: number, says: string, { archived, has_issues }: RepositoryState): string {
  if (isRateLimit({ status, text: says }))
    return 'GitHub limits how often it may be called. Run the step again later.';
  if (archived || /\barchived\b/iu.test(says))
    return 'The repository is archived, so GitHub allows no change to its issues. Run the reminder in a repository that is in use, or unarchive this one.';
  if (has_issues === false || /\bissues (?:has|have|are) (?:been )?disabled\b/iu.test(says))
    return 'Issues are turned off in this repository: turn them on (Settings, General, Features), or use no ticket.';
  if (status === 401) return 'The github-token is not valid here.';
  if (status === 403 || status === 404)
    return 'Give the job the permission "issues: write" (and "contents: read" only if it checks something out), or set github-token to a token that has it.';
  if (status === 410)
    return 'The issue was deleted. Run the step again: it opens another one if one is needed.';
  if (status === 422) return 'Check ticket-assignees (people who can be assigned here) and ticket-labels.';
  if (status >= 500) return 'The fault is on the side of GitHub. Run the step again.';
  return 'Check github-token and the repository.';
}
