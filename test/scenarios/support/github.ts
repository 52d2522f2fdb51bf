import type { AnyAnswer, BesideRequest } from '../../../src/sandbox/sandbox.ts';

/** GitHub's REST API for issues, as far as a token with `issues: write` sees it. */

export interface StoredIssue {
  number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  labels: string[];
  assignees: string[];
  comments: { id: number; body: string; user: { login: string } }[];
  pull: boolean;
}

export interface GitHub {
  /** The path of the API at the address of the world; that of a GitHub Enterprise Server has two parts more. */
  readonly path: string;
  tokens: Map<string, 'write' | 'read'>;
  issues: StoredIssue[];
  /** Set to false where the repository has no issues. */
  hasIssues: boolean;
  /** People who can be assigned. */
  people: string[];
  answer(request: BesideRequest): AnyAnswer | undefined;
}

const BOT = { login: 'github-actions[bot]' };

export function createGitHub(): GitHub {
  const path = '/github/api/v3';
  let nextComment = 1000;
  const github: GitHub = {
    path,
    tokens: new Map(),
    issues: [],
    hasIssues: true,
    people: ['octocat'],
    answer({ method, url: { pathname, search }, headers, body }) {
      const url = new URL(`http://${headers.host}${pathname}${search}`);
      if (!url.pathname.startsWith(`${path}/`)) return undefined;
      const says = (status: number, message: string): AnyAnswer => ({
        status,
        headers: { 'content-type': 'application/json; charset=utf-8', 'x-github-request-id': 'C0FE:1234' },
        body: { message, documentation_url: 'https://docs.github.com/rest' },
      });
      const gives = (status: number, answer: unknown, more = {}): AnyAnswer => ({
        status,
        headers: { 'content-type': 'application/json; charset=utf-8', ...more },
        body: answer,
      });
      const right = github.tokens.get(
        /^(?:token|Bearer) (.+)$/iu.exec(headers.authorization ?? '')?.[1] ?? '',
      );
      if (!right) return says(401, 'Bad credentials');
      const [, repository, rest = ''] =
        /^\/repos\/([^/]+\/[^/]+)\/(.*)$/u.exec(url.pathname.slice(path.length)) ?? [];
      if (repository !== 'acme-inc/web-shop') return says(404, 'Not Found');
      if (!github.hasIssues) return says(410, 'Issues has been disabled in this repository.');
      if (method !== 'GET' && right !== 'write') return says(403, 'Resource not accessible by integration');
      const given = (body ?? {}) as Partial<StoredIssue>;

      if (rest === 'issues' && method === 'GET') {
        const label = url.searchParams.get('labels');
        const found = github.issues
          .filter((issue) => url.searchParams.get('state') === 'all' || issue.state === 'open')
          .filter((issue) => !label || issue.labels.includes(label))
          .reverse();
        return paged(url, found.map(view), gives);
      }
      if (rest === 'issues' && method === 'POST') {
        const unknown = (given.assignees ?? []).filter((one) => !github.people.includes(one));
        if (unknown.length > 0) return says(422, 'Validation Failed');
        const issue: StoredIssue = {
          number: github.issues.length + 1,
          title: given.title ?? '',
          body: given.body ?? '',
          state: 'open',
          labels: given.labels ?? [],
          assignees: given.assignees ?? [],
          comments: [],
          pull: false,
        };
        github.issues.push(issue);
        return gives(201, view(issue));
      }
      const comment = /^issues\/comments\/(\d+)$/u.exec(rest)?.[1];
      if (comment && method === 'DELETE') {
        for (const issue of github.issues)
          issue.comments = issue.comments.filter(({ id }) => id !== Number(comment));
        return { status: 204, body: undefined };
      }
      const [, number, comments] = /^issues\/(\d+)(\/comments)?$/u.exec(rest) ?? [];
      const issue = github.issues.find((one) => one.number === Number(number));
      if (!issue) return says(404, 'Not Found');
      if (comments && method === 'GET') return paged(url, issue.comments, gives);
      if (comments && method === 'POST') {
        const made = { id: nextComment++, body: given.body ?? '', user: BOT };
        issue.comments.push(made);
        return gives(201, made);
      }
      if (method === 'PATCH') {
        Object.assign(issue, given);
        return gives(200, view(issue));
      }
      return says(404, 'Not Found');
    },
  };
  return github;
}

/** GitHub's pages, told by a `link` header; small ones, so that there are several. */
function paged(
  url: URL,
  records: unknown[],
  gives: (status: number, answer: unknown, headers?: Record<string, string>) => AnyAnswer,
): AnyAnswer {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 3);
  const page = Number(url.searchParams.get('page') ?? 1);
  const more = records.length > page * size;
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  return gives(
    200,
    records.slice((page - 1) * size, page * size),
    more ? { link: `<${next.href}>; rel="next"` } : {},
  );
}

function view({ number, title, body, state, labels, pull }: StoredIssue) {
  return {
    number,
    title,
    body,
    state,
    user: BOT,
    html_url: `https://github.com/acme-inc/web-shop/issues/${number}`,
    labels: labels.map((name) => ({ name })),
    ...(pull ? { pull_request: {} } : {}),
  };
}
