import { Failure } from '../errors.ts';
import type { Http, HttpRequest, HttpResponse, Method } from '../http/http.ts';
import { oneLine } from '../text.ts';

/** GitHub answers so for a repository that was renamed or moved: the same request is to be made at the new address. */
const REDIRECTS = [301, 302, 307, 308];
const MOST_REDIRECTS = 5;

/**
 * `fetch`, as far as Octokit uses it, through our own client: with its repeats, proxies and limits. Redirects are followed
 * with method and body, whatever the status ("Best practices for using the REST API", section "Follow redirects").
 * Answers are left as text, whatever type they claim to have.
 *
 * @param api the only server that the token goes to; the addresses of a next page and of a redirect come from an answer
 */
export function fetchThrough(http: Http, api: string): typeof fetch {
  const { origin } = new URL(api);

  function addressed(address: string, base?: URL): URL {
    if (!URL.canParse(address, base?.href))
      throw new Failure(
        `GitHub's answer leads to "${oneLine(address, 120)}", which is no address.`,
        'Check GITHUB_API_URL, and whether a proxy answers in its place.',
      );
    const url = new URL(address, base);
    if (url.origin !== origin)
      throw new Failure(
        `GitHub's answer leads to ${oneLine(url.origin, 120)}, which is not ${origin}; the token is not sent there.`,
        'Check GITHUB_API_URL.',
      );
    return url;
  }

  async function follow(request: HttpRequest): Promise<HttpResponse> {
    let { url } = request;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const response = await http.send({ ...request, url });
      if (!REDIRECTS.includes(response.status)) return response;
      url = addressed([response.headers.location].flat()[0] ?? '', url);
    }
    throw new Failure(
      `${request.method} ${request.url.pathname} is redirected more than ${MOST_REDIRECTS} times, at last to ${oneLine(url.pathname, 120)}.`,
      'Check GITHUB_API_URL, and whether the repository was renamed.',
    );
  }

  return async (input, { method = 'GET', headers, body } = {}) => {
    // Servers know us by our own name.
    const { 'user-agent': _, ...ours } = headers as Record<string, string>;
    const response = await follow({
      method: method as Method,
      url: addressed(String(input)),
      headers: ours,
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
    });
    const shown = ['link', 'x-github-request-id'].map((name) => [
      name,
      [response.headers[name] ?? []].flat().join(', '),
    ]);
    // A Response could not have each status that a server may send.
    return {
      status: response.status,
      headers: new Map(shown as [string, string][]),
      text: async () => response.text,
    } as unknown as Response;
  };
}
