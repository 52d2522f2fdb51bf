import { safeParse } from 'valibot';
import { Failure } from '../../errors.ts';
import type { HttpResponse, Method } from '../../http/http.ts';
import { parseJson } from '../../http/json.ts';
import { oneLine, pageText } from '../../text.ts';
import { Problem } from './schemas.ts';

/** Konnect answered, but not with what was asked for. */
export class KonnectError extends Failure {
  override readonly name = 'KonnectError';
  readonly status: number;
  /** Someone else made the same thing, or the name is taken. */
  readonly conflict: boolean;
  /** A write that the server may have acted on although its answer says that it failed. */
  readonly maybeProcessed: boolean;

  constructor(method: Method, path: string, response: HttpResponse) {
    const problem = problemOf(response);
    const trace = problem.trace ? `, trace ${problem.trace}` : '';
    super(
      `Konnect refused ${method} ${path}: status ${response.status}${trace}. ${problem.text}`.trim(),
      cureOf(method, path, response),
    );
    this.status = response.status;
    // The contract declares no 409 for creating services and instances; Konnect's own APIs answer 409, or 400 with
    // these words (Kong/kong-operator, controller/konnect/ops/ops_errors.go).
    this.conflict =
      response.status === 409 ||
      (response.status === 400 && /already exists|unique constraint|must be unique/iu.test(problem.text));
    this.maybeProcessed = method !== 'GET' && (response.status >= 500 || response.status === 408);
  }
}

function problemOf(response: HttpResponse): { text: string; trace?: string } {
  const json = parseJson(response.text);
  const parsed = safeParse(Problem, json);
  if (!parsed.success) return { text: pageText(response.text, 120) };
  const { title, detail, message, instance, invalid_parameters: invalid } = parsed.output;
  const fields = (invalid ?? []).map(({ field, reason }) => `${field ?? '?'}: ${reason ?? 'invalid'}`);
  const sentence = [typeof detail === 'string' ? detail : undefined, message, title].find(Boolean) ?? '';
  const trace = /^(?:kong|konnect):trace:(.+)$/u.exec(instance ?? '')?.[1];
  return {
    text: oneLine([sentence, ...fields].filter(Boolean).join('; ')),
    ...(trace ? { trace: oneLine(trace, 80) } : {}),
  };
}

function cureOf(method: Method, path: string, { status, headers }: HttpResponse): string {
  if (status === 401)
    return 'The catalog-token is not valid here: it may be mistyped, expired or revoked, or belong to another region (catalog-region).';
  if (status === 403) return `The catalog-token lacks a role in this region: ${roleFor(method, path)}.`;
  if (status === 404) return 'Check catalog-region and catalog-url, and that nobody deleted it meanwhile.';
  const header = [headers['retry-after']].flat()[0];
  const wait = header ? `asks to wait (Retry-After: ${oneLine(header, 40)})` : '';
  if (status === 429)
    return `Konnect limits how often it may be called${wait && ` and ${wait}`}. Run the step again later, or run fewer of these steps at once.`;
  if (status >= 300 && status < 400) {
    const target = [headers.location].flat()[0] ?? 'another address';
    return `It redirects to ${oneLine(target, 120)}, which is not followed, so as not to send the token there. Set catalog-url to the right address.`;
  }
  if (status >= 500)
    return `The fault is on the side of Konnect${wait && `, which ${wait}`}. Run the step again; give them the trace if it goes on.`;
  if (status === 409)
    return 'Something else holds that place. Look at it in Konnect, then run the step again.';
  return 'Correct the inputs that it names.';
}

/** Konnect's predefined catalog roles ("Teams and roles", section "Catalog"). */
function roleFor(method: Method, path: string): string {
  if (path.includes('/integration')) return method === 'GET' ? 'Integration Viewer' : 'Integration Admin';
  if (method === 'GET') return 'Service Viewer';
  if (method === 'POST' && path.endsWith('/catalog-services')) return 'Service Creator';
  return 'Service Admin of this service';
}
