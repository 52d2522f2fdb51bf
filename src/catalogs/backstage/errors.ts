import { safeParse } from 'valibot';
import { Failure } from '../../errors.ts';
import type { HttpRequest, HttpResponse } from '../../http/http.ts';
import { parseJson } from '../../http/json.ts';
import { oneLine, pageText } from '../../text.ts';
import { Problem } from './schemas.ts';

/** The catalog answered, but not with what was asked for. */
export class BackstageError extends Failure {
  override readonly name = 'BackstageError';
  readonly status: number;
  /** The words of Backstage itself, uncut; undefined where it did not answer in the shape of its errors. */
  readonly says: string | undefined;
  /** Someone else registered the same. */
  readonly conflict: boolean;
  /** A write that the server may have acted on although its answer says that it failed. */
  readonly maybeProcessed: boolean;

  constructor(request: Pick<HttpRequest, 'method' | 'reads'>, path: string, response: HttpResponse) {
    const { status, headers } = response;
    const { own, shown } = messageOf(response);
    const trace = [headers['x-request-id'] ?? headers['x-amzn-requestid']].flat()[0];
    super(
      `The catalog refused ${request.method} ${path}: status ${status}${trace ? `, request ${oneLine(trace, 80)}` : ''}. ${shown}`.trim(),
      cureOf(status, headers),
    );
    this.status = status;
    this.says = own;
    this.conflict = status === 409;
    this.maybeProcessed = request.method !== 'GET' && !request.reads && (status >= 500 || status === 408);
  }
}

/** Gateways have words of their own, which are shown, and prove nothing. */
function messageOf({ text }: HttpResponse): { own: string | undefined; shown: string } {
  const parsed = safeParse(Problem, parseJson(text));
  if (!parsed.success) return { own: undefined, shown: pageText(text, 120) };
  const { error, message = '' } = parsed.output;
  return { own: error?.message, shown: oneLine(error?.message || message, 500) };
}

function cureOf(status: number, headers: HttpResponse['headers']): string {
  if (status === 401)
    return 'The catalog-token is not valid here: a static token of backend.auth.externalAccess, or a service token.';
  if (status === 403)
    return 'The catalog-token may not do that, or (on Roadie) is not valid: check the token, and what it is permitted.';
  if (status === 404)
    return 'There is no catalog of Backstage at this address: set catalog-url to the base URL of the backend, not to a page of it.';
  if (status === 429) return 'The catalog limits how often it may be called. Run the step again later.';
  if (status >= 300 && status < 400)
    return `It redirects to ${oneLine([headers.location].flat()[0] ?? 'another address', 120)}, which is not followed, so as not to send the token there. Set catalog-url to the right address.`;
  if (status >= 500) return 'The fault is on the side of the catalog: see its log. Run the step again.';
  return 'Correct what it names.';
}

/** The catalog accepted the request, but what came back is none of its answers. */
export class UnreadableAnswer extends Failure {
  override readonly name = 'UnreadableAnswer';
  readonly maybeProcessed: boolean;

  constructor(request: Pick<HttpRequest, 'method' | 'reads'>, path: string, what: string) {
    super(
      `The catalog answered ${request.method} ${path}, but not as Backstage does: ${oneLine(what, 160)}.`,
      'Check catalog-url, and whether a proxy or a sign-in page answers in its place.',
    );
    this.maybeProcessed = request.method !== 'GET' && !request.reads;
  }
}
