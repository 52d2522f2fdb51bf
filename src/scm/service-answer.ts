import { object, safeParse, string } from 'valibot';
import type { HttpResponse } from '../http/http.ts';
import { parseJson } from '../http/json.ts';

const ServiceError = object({ message: string() });

/**
 * What Azure DevOps says of a refusal, as it was sent; '' where it says nothing. `X-TFS-ServiceError` says, URL-encoded,
 * what the body of a 401 does not.
 */
export function serviceMessage(response: HttpResponse): string {
  const header = [response.headers['x-tfs-serviceerror']].flat()[0];
  if (header) {
    try {
      return decodeURIComponent(header);
    } catch {
      return header;
    }
  }
  const body = safeParse(ServiceError, parseJson(response.text));
  return body.success ? body.output.message : '';
}

/** Whether Azure DevOps refuses a token: with a 401, or with a page on which people sign in. */
export function isSignIn({ status, headers }: HttpResponse): boolean {
  if (status === 302) return /\/_signin\b/u.test([headers.location].flat()[0] ?? '');
  return status === 401 || status === 203;
}
