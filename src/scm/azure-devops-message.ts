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
