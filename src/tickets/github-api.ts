import { array, boolean, type GenericSchema, type InferOutput, object, optional } from 'valibot';
import { readAnswer } from '../answer.ts';
import { Failure } from '../errors.ts';
import type { Http } from '../http/http.ts';
import { oneLine } from '../text.ts';
import { fetchThrough } from './fetch.ts';
import {
  type GitHubAnswer,
  GitHubRefused,
  GitHubUnreadable,
  isRateLimit,
  type RepositoryState,
} from './github-refused.ts';
import type { IssuesOfRepository } from './tracker.ts';

/** GitHub's REST API, as one repository is asked. Every method throws {@link Failure}. */
export interface GitHubApi {
  /**
   * @param what for people, e.g. `open an issue`
   * @param route as Octokit names it, e.g. `POST /repos/{owner}/{repo}/issues`; the repository is filled in
   */
  call<S extends GenericSchema>(
    what: string,
    schema: S,
    route: string,
    parameters?: Record<string, unknown>,
  ): Promise<InferOutput<S>>;
  /**
   * All records of a list, of all its pages.
   *
   * @param pages to stop after so many of them; without it, a list that does not end is a failure
   */
  list<S extends GenericSchema>(
    what: string,
    schema: S,
    route: string,
    parameters: Record<string, unknown>,
    pages?: number,
  ): Promise<InferOutput<S>[]>;
  delete(what: string, path: string, parameters: Record<string, unknown>): Promise<void>;
}

/** A list that has not ended after this many pages of 100 is not one of ours. */
const MOST_PAGES = 15;

const Repository = object({ archived: optional(boolean()), has_issues: optional(boolean()) });

/** @param token one with `issues: write` */
export async function gitHubApi(place: IssuesOfRepository, http: Http, token: string): Promise<GitHubApi> {
  const getOctokit = await place.octokit();
  const { request } = getOctokit(token, {
    baseUrl: place.api,
    request: { fetch: fetchThrough(http, place.api) },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const at = { owner: place.owner, repo: place.repository };
  const where = `${place.owner}/${place.repository}`;

  /** The answer, whatever its status. */
  async function send(route: string, parameters: Record<string, unknown>): Promise<GitHubAnswer> {
    const { method, url } = request.endpoint(route, parameters);
    const answered = (answer: { status: number; headers: object; data?: unknown }): GitHubAnswer => ({
      method,
      path: new URL(url).pathname,
      status: answer.status,
      headers: answer.headers as GitHubAnswer['headers'],
      text: String(answer.data ?? ''),
    });
    try {
      return answered(await request(route, parameters));
    } catch (error) {
      // Our own failures are the cause of an error of Octokit's.
      const { cause, response } = error as { cause?: unknown; response?: Parameters<typeof answered>[0] };
      if (response) return answered(response);
      throw cause instanceof Failure ? cause : error;
    }
  }

  async function ask(what: string, route: string, parameters = {}): Promise<GitHubAnswer> {
    const answer = await send(route, parameters);
    if (answer.status >= 400)
      throw new GitHubRefused(`${what} in ${where}`, answer, await repositoryBehind(answer));
    return answer;
  }

  /** GitHub answers 403, 404 or 410 where a token lacks a right, and where nobody may write. */
  async function repositoryBehind(answer: GitHubAnswer): Promise<RepositoryState> {
    if (![403, 404, 410].includes(answer.status) || isRateLimit(answer)) return {};
    const asked = await send('GET /repos/{owner}/{repo}', at).catch(() => undefined);
    const read = asked?.status === 200 ? readAnswer(Repository, asked.text) : undefined;
    return read?.success ? read.output : {};
  }

  function read<S extends GenericSchema>(schema: S, answer: GitHubAnswer): InferOutput<S> {
    const found = readAnswer(schema, answer.text);
    if (found.success && answer.status < 300) return found.output;
    throw new GitHubUnreadable(answer, found.success ? 'a redirect' : found.came);
  }

  return {
    call: async (what, schema, route, parameters) =>
      read(schema, await ask(what, route, { ...at, ...parameters })),
    async list(what, schema, route, parameters, pages) {
      const records: InferOutput<typeof schema>[] = [];
      let answer = await ask(what, route, { ...at, per_page: 100, ...parameters });
      for (let page = 1; ; page++) {
        records.push(...read(array(schema), answer));
        const next = /<([^<>]+)>;\s*rel="next"/u.exec(answer.headers.link ?? '')?.[1];
        if (!next || page === pages) return records;
        if (page === MOST_PAGES) throw endless(answer);
        answer = await ask(what, `GET ${next}`);
      }
    },
    async delete(what, path, parameters) {
      await ask(what, `DELETE ${path}`, { ...at, ...parameters });
    },
  };
}

function endless({ method, path }: GitHubAnswer): Failure {
  return new Failure(
    `GitHub answered ${method} ${oneLine(path, 200)} with more than ${MOST_PAGES} pages, so the list cannot be read to its end.`,
    'Check GITHUB_API_URL, and whether a proxy answers in its place.',
  );
}
