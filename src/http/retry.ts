import type { HttpRequest, HttpResponse } from './http.ts';
import type { NoAnswer } from './no-answer.ts';

/** How often one request is tried at most. */
const ATTEMPTS = 5;
/** Milliseconds: the first pause, and the longest that a server may ask for. */
const FIRST_PAUSE = 500;
export const LONGEST_PAUSE = 60_000;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/**
 * How long to wait before this attempt (milliseconds), or undefined when the result stands.
 * A write is repeated only where the server certainly did not act on it: it throttles, or was never reached.
 *
 * @param now milliseconds since 1970, to read a `Retry-After` date against
 */
export function pauseBefore(
  attempt: number,
  request: Pick<HttpRequest, 'method' | 'reads'>,
  result: HttpResponse | NoAnswer,
  now: number,
): number | undefined {
  if (attempt > ATTEMPTS || !mayRepeat(request, result)) return undefined;
  const asked = 'headers' in result ? pauseAsked(result, now) : undefined;
  // Coming back sooner than asked would be refused again; waiting longer is for people to decide.
  if (asked !== undefined && asked > LONGEST_PAUSE) return undefined;
  const backOff = FIRST_PAUSE * 2 ** (attempt - 2) * (0.5 + Math.random() / 2);
  return Math.max(asked ?? 0, backOff);
}

function mayRepeat(request: Pick<HttpRequest, 'method' | 'reads'>, result: HttpResponse | NoAnswer): boolean {
  if (!('headers' in result)) return result.passing && !result.maybeProcessed;
  return isThrottled(result) || (isRead(request) && PASSING.has(result.status));
}

export function isRead({ method, reads }: Pick<HttpRequest, 'method' | 'reads'>): boolean {
  return method === 'GET' || reads === true;
}

/** GitHub also throttles with 403 ("Rate limits for the REST API", section "Exceeding the rate limit"). */
export function isThrottled(response: HttpResponse): boolean {
  if (response.status === 429) return true;
  return (
    response.status === 403 &&
    (response.headers['retry-after'] !== undefined || response.headers['x-ratelimit-remaining'] === '0')
  );
}

/**
 * How long a server asks to wait (milliseconds), also with an answer that is a success, as Azure DevOps does; undefined
 * where it does not ask. `x-ratelimit-reset` is in seconds since 1970.
 */
export function pauseAsked({ status, headers }: HttpResponse, now: number): number | undefined {
  const asked = retryAfter(headers['retry-after'], now);
  if (asked !== undefined || status < 400 || headers['x-ratelimit-remaining'] !== '0') return asked;
  const reset = Number(headers['x-ratelimit-reset']);
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : undefined;
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, section 10.2.3); undefined where it says nothing. */
export function retryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = [header].flat()[0]?.trim();
  if (!value) return undefined;
  if (/^\d+(?:\.\d+)?$/u.test(value)) return Number(value) * 1000;
  const date = /[a-z]/iu.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
