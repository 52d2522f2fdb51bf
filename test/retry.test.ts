import fc from 'fast-check';
import type { HttpResponse } from '../src/http/http.ts';
import { pauseBefore, retryAfter } from '../src/http/retry.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const GET = { method: 'GET' } as const;
const answer = (status: number, header?: string): HttpResponse => ({
  status,
  text: '',
  headers: header === undefined ? {} : { 'retry-after': header },
});

describe('Retry-After', () => {
  test.each([
    ['0', 0],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['Sun, 01 Mar 2026 12:00:09 GMT', 9_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => expect(retryAfter(header, NOW)).toBe(expected));
});

describe('a request is repeated', () => {
  test.each([408, 429, 500, 502, 503, 504])('a GET after %d', (status) =>
    expect(pauseBefore(2, GET, answer(status), NOW)).toBeGreaterThan(0),
  );
  test.each([200, 201, 302, 400, 401, 403, 404, 409, 501])('a GET never after %d', (status) =>
    expect(pauseBefore(2, GET, answer(status), NOW)).toBeUndefined(),
  );
  test.each(['POST', 'PATCH', 'DELETE'] as const)(
    'a %s only where the server did not act on it',
    (method) => {
      expect(pauseBefore(2, { method }, answer(429), NOW)).toBeGreaterThan(0);
      for (const status of [408, 500, 502, 503, 504])
        expect(pauseBefore(2, { method }, answer(status), NOW)).toBeUndefined();
    },
  );
  test('a 403 of GitHub that only throttles', () => {
    const throttled = (headers: Record<string, string>) =>
      pauseBefore(2, { method: 'POST' }, { status: 403, text: '', headers }, NOW);
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 20) };
    expect(throttled({ 'retry-after': '3' })).toBe(3_000);
    expect(throttled(reset)).toBe(20_000);
    expect(throttled({ ...reset, 'x-ratelimit-reset': String(NOW / 1000 + 3_600) })).toBeUndefined();
    expect(throttled({ ...reset, 'x-ratelimit-remaining': '17' })).toBeUndefined();
  });
  test('a POST that only reads, as a GET', () => {
    const reads = { method: 'POST', reads: true } as const;
    expect(pauseBefore(2, reads, answer(503), NOW)).toBeGreaterThan(0);
    expect(pauseBefore(2, reads, answer(400), NOW)).toBeUndefined();
  });
  test('not before the time that was asked for, and not when that is too far off', () => {
    expect(pauseBefore(2, GET, answer(429, '30'), NOW)).toBe(30_000);
    expect(pauseBefore(2, GET, answer(503, 'Sun, 01 Mar 2026 12:00:45 GMT'), NOW)).toBe(45_000);
    expect(pauseBefore(2, GET, answer(429, '259200'), NOW)).toBeUndefined();
  });
  test('five times at most, after growing pauses', () => {
    const longest = [500, 1_000, 2_000, 4_000];
    longest.forEach((most, index) => {
      const pause = pauseBefore(index + 2, GET, answer(503), NOW) ?? 0;
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThanOrEqual(most);
    });
    expect(pauseBefore(6, GET, answer(503), NOW)).toBeUndefined();
  });
});

test('whatever Retry-After says, no pause is negative, endless or longer than a minute', () => {
  const header = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  );
  fc.assert(
    fc.property(header, fc.integer({ min: 2, max: 5 }), (value, attempt) => {
      const pause = pauseBefore(attempt, GET, answer(429, value), NOW);
      if (pause === undefined) return;
      expect(pause).toBeGreaterThan(0);
      expect(pause).toBeLessThanOrEqual(60_000);
    }),
  );
});
