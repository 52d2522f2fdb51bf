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
  /** Where it is not the app of the job. */
  author?: string;
  /** `all`: nobody may change it either. */
  locked?: 'comments' | 'all';
}

export interface GitHub {
  /** The path of the API at the address of the world; that of a GitHub Enterprise Server has two parts more. */
  readonly path: string;
  /** Tokens, and what they may do: whoever may not `label`, has labels dropped without a word. */
  tokens: Map<string, 'write' | 'write, but not label' | 'read'>;
  issues: StoredIssue[];
  /** Set to false where the repository has no issues. */
  hasIssues: boolean;
  archived: boolean;
  /** The label of the repository that is meant by another spelling of it. */
  spelling: (label: string) => string;
  /** People who can be assigned. */
  people: string[];
  /** Where the repository moved to: an address, or a path below that of the API. */
  movedTo: string | undefined;
  answer(request: BesideRequest): AnyAnswer | undefined;
}

const BOT = { login: 'github-actions[bot]' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

export function createGitHub(): GitHub {
  const path = '/github/api/v3';
  let nextComment = 1000;
  const github: GitHub = {
    path,
    tokens: new Map(),
    issues: [],
    hasIssues: true,
    archived: false,
    spelling: (label) => label,
    people: ['octocat'],
    movedTo: undefined,
    answer({ method, url: { pathname, search }, headers, body }) {
      const url = new URL(`http://${headers.host}${pathname}${search}`);
      if (!url.pathname.startsWith(`${path}/`)) return undefined;
      const right = github.tokens.get(
        /^(?:token|Bearer) (.+)$/iu.exec(headers.authorization ?? '')?.[1] ?? '',
      );
      if (!right) return says(401, 'Bad credentials');
      if (url.pathname === `${path}/user`) return says(403, 'Resource not accessible by integration');
      const [, repository, rest = ''] =
        /^\/(repos\/[^/]+\/[^/]+|repositories\/\d+)\/?(.*)$/u.exec(url.pathname.slice(path.length)) ?? [];
      if (repository === 'repos/acme-inc/web-shop' && github.movedTo !== undefined)
        return movedTo(new URL(`${github.movedTo}/${rest}${search}`, `${url.origin}${path}/`), method);
      if (repository !== (github.movedTo ?? 'repos/acme-inc/web-shop')) return says(404, 'Not Found');
      if (rest === '') return gives(200, { archived: github.archived, has_issues: github.hasIssues });
      if (!github.hasIssues) return says(410, 'Issues has been disabled in this repository.');
      if (method !== 'GET' && right === 'read') return says(403, 'Resource not accessible by integration');
      if (method !== 'GET' && github.archived) return says(403, 'Repository was archived so is read-only.');
      const given = (body ?? {}) as Partial<StoredIssue>;

      if (rest === 'issues' && method === 'GET') {
        const label = url.searchParams.get('labels')?.toLowerCase();
        const creator = url.searchParams.get('creator');
        const found = github.issues
          .filter((issue) => url.searchParams.get('state') === 'all' || issue.state === 'open')
          .filter((issue) => !label || issue.labels.some((name) => name.toLowerCase() === label))
          .filter(({ author = BOT.login }) => creator === null || creator === author)
          .reverse();
        return paged(url, found.map(view));
      }
      if (rest === 'issues' && method === 'POST') {
        const unknown = (given.assignees ?? []).filter((one) => !github.people.includes(one));
        if (unknown.length > 0) return says(422, 'Validation Failed');
        const issue: StoredIssue = {
          number: github.issues.length + 1,
          title: given.title ?? '',
          body: given.body ?? '',
          state: 'open',
          labels: right === 'write' ? (given.labels ?? []).map(github.spelling) : [],
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
      if (comments && method === 'GET') return paged(url, issue.comments);
      if (comments && method === 'POST') {
        if (issue.locked) return says(403, 'Unable to create comment because issue is locked.');
        const made = { id: nextComment++, body: given.body ?? '', user: BOT };
        issue.comments.push(made);
        return gives(201, made);
      }
      if (method === 'PATCH') {
        if (issue.locked === 'all') return says(403, 'Issue is locked.');
        Object.assign(issue, given);
        return gives(200, view(issue));
      }
      return says(404, 'Not Found');
    },
  };
  return github;
}

function says(status: number, message: string): AnyAnswer {
  return {
    status,
    headers: { ...JSON_TYPE, 'x-github-request-id': 'C0FE:1234' },
    body: { message, documentation_url: 'https://docs.github.com/rest' },
  };
}

function gives(status: number, answer: unknown, more = {}): AnyAnswer {
  return { status, headers: { ...JSON_TYPE, ...more }, body: answer };
}

/** As GitHub answers for a repository under its old name. */
function movedTo(location: URL, method: string): AnyAnswer {
  const status = method === 'GET' ? 301 : 307;
  const body = { message: 'Moved Permanently', url: location.href };
  return { status, headers: { ...JSON_TYPE, location: location.href }, body };
}

/** GitHub's pages, told by a `link` header; small ones, so that there are several. */
function paged(url: URL, records: unknown[]): AnyAnswer {
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

function view({ number, title, body, state, labels, pull, locked, author }: StoredIssue) {
  return {
    number,
    title,
    body,
    state,
    user: author === undefined ? BOT : { login: author },
    html_url: `https://github.com/acme-inc/web-shop/issues/${number}`,
    labels: labels.map((name) => ({ name })),
    locked: locked !== undefined,
    ...(pull ? { pull_request: {} } : {}),
  };
}
