import { Failure } from '../errors.ts';
import type { Http, Method } from '../http/http.ts';
import { oneLine } from '../text.ts';

/**
 * `fetch`, as far as Octokit uses it, through our own client: with its repeats, proxies and limits.
 *
 * @param api the only server that the token goes to; the address of a next page comes from an answer
 */
export function fetchThrough(http: Http, api: string): typeof fetch {
  const { origin } = new URL(api);
  return async (input, { method = 'GET', headers, body } = {}) => {
    const url = new URL(String(input));
    if (url.origin !== origin)
      throw new Failure(
        `GitHub's answer leads to ${oneLine(url.origin, 120)}, which is not ${origin}; the token is not sent there.`,
        'Check GITHUB_API_URL.',
      );
    // Servers know us by our own name.
    const { 'user-agent': _, ...ours } = headers as Record<string, string>;
    const response = await http.send({
      method: method as Method,
      url,
      headers: ours,
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
    });
    const shown = Object.entries(response.headers).map(([name, value]): [string, string] => [
      name,
      [value].flat().join(', '),
    ]);
    return new Response(response.status === 204 ? null : response.text, {
      status: response.status,
      headers: shown,
    });
  };
}
