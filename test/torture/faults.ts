import type { Fault } from '../../src/sandbox/sandbox.ts';

/** What goes wrong with one request of a run, by name. */
export interface Trouble {
  name: string;
  /** On the server's side. */
  fault?: Fault;
  /** For how long from then on; once where it is not given. */
  lasts?: number;
  /** The connection is refused. */
  refused?: boolean;
  /** The run ends here without a word, after the request was acted on. */
  killed?: boolean;
  /** The run is asked to stop when this request is sent. */
  cancelled?: boolean;
  /** Lists are this far behind during the whole run (milliseconds). */
  lag?: number;
}

const problem = (status: number, headers: Record<string, string> = {}): Fault => ({
  answer: {
    status,
    headers,
    body: JSON.stringify({ status, title: 'T', instance: 'kong:trace:t', detail: 'D' }),
  },
});
const html = (status: number): Fault => ({
  answer: {
    status,
    headers: { 'content-type': 'text/html' },
    body: '<html><body><h1>Sign in</h1></body></html>',
  },
});
const nulls = (text: string) =>
  JSON.stringify(JSON.parse(text), (_, value) => (typeof value === 'string' ? null : value));

export const TROUBLES: Trouble[] = [
  { name: '429 with seconds', fault: problem(429, { 'retry-after': '7' }) },
  { name: '429 with a date', fault: problem(429, { 'retry-after': 'Sun, 01 Mar 2026 12:00:09 GMT' }) },
  { name: '429 with nothing', fault: problem(429) },
  { name: '429 for 3 days', fault: problem(429, { 'retry-after': '259200' }) },
  { name: '429 with a negative time', fault: problem(429, { 'retry-after': '-5' }) },
  { name: '500', fault: problem(500) },
  { name: '500 three times', fault: problem(500), lasts: 3 },
  { name: '502 with HTML', fault: html(502) },
  { name: '503 for good', fault: problem(503), lasts: Number.POSITIVE_INFINITY },
  { name: 'connection refused', refused: true },
  { name: 'reset before', fault: 'reset before' },
  { name: 'reset after', fault: 'reset after' },
  { name: 'reset after, twice', fault: 'reset after', lasts: 2 },
  { name: 'never answered', fault: 'never' },
  { name: 'trickling', fault: 'trickle' },
  { name: 'truncated JSON', fault: { garble: (text) => text.slice(0, -5) } },
  { name: 'HTML in the place of JSON', fault: html(200) },
  { name: 'JSON of another type', fault: { garble: () => '[1, "two", null]' } },
  { name: 'nulls', fault: { garble: nulls } },
  {
    name: 'a redirect elsewhere',
    fault: { answer: { status: 302, headers: { location: 'http://127.0.0.2:9/' } } },
  },
  { name: '401', fault: problem(401) },
  { name: '403', fault: problem(403) },
  { name: '403 for a while', fault: problem(403), lasts: 4 },
  { name: '403 for good', fault: problem(403), lasts: Number.POSITIVE_INFINITY },
  { name: '404', fault: problem(404) },
  { name: 'killed', killed: true },
  { name: 'cancelled', cancelled: true },
  { name: 'lists behind by 2 s', lag: 2_000 },
  { name: 'lists behind by 5 s', lag: 5_000 },
];
