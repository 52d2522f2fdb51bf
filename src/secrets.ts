import { AsyncLocalStorage } from 'node:async_hooks';

/** Characters. What is shorter cannot be a token, and hiding it would garble IDs and ordinary words. */
export const SHORTEST_SECRET = 8;

/** The secrets of one run, in every form in which a server or we may show them. */
export interface Secrets {
  add(secret: string): void;
  /** The text with `***` in the place of every secret. */
  mask(text: string): string;
}

export function createSecrets(): Secrets {
  const plain = new Set<string>();
  const base64 = new Set<string>();
  return {
    add(secret) {
      if (secret.length < SHORTEST_SECRET) return;
      const { text } = decoded(secret);
      plain.add(text);
      // In a percent form, a character beyond ASCII is as many as it has bytes.
      plain.add(Buffer.from(text).toString('latin1'));
      for (const form of alignmentsOf(secret)) base64.add(form);
    },
    mask(text) {
      if (plain.size === 0) return text;
      const read = decoded(text);
      const spans = [...spansOf(plain, read.text), ...spansOf(base64, standardBase64(read.text))];
      return spans.length === 0 ? text : replaced(text, spans, read);
    },
  };
}

/** The run that asks: its secrets follow it through everything that it awaits. */
const ofRun = new AsyncLocalStorage<Secrets>();

/** Does the work of a run whose secrets {@link mask} hides. */
export function withSecrets<T>(secrets: Secrets, work: () => T): T {
  return ofRun.run(secrets, work);
}

/** Hides the secrets of this run. To be done to a text before anything else: half a secret is not recognized any more. */
export function mask(text: string): string {
  return ofRun.getStore()?.mask(text) ?? text;
}

/** A text without its escapes, and where each of its characters begins in the original. */
interface Decoded {
  text: string;
  /** Undefined where nothing was escaped. */
  starts?: number[];
}

/** One character as it may be written: in JSON and JavaScript, in a URL, in HTML and XML, in markdown. */
const ESCAPE =
  /\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});?|&#(\d{1,7});?|&([a-z]+);|\\+/giu;
/** HTML's names of the characters that tokens and passwords have. */
const ENTITIES: Record<string, string> = Object.fromEntries(
  '!excl "quot #num $dollar %percnt &amp \'apos (lpar )rpar *ast +plus ,comma -hyphen .period /sol :colon ;semi <lt =equals >gt ?quest @commat [lbrack [lsqb \\bsol ]rbrack ]rsqb ^Hat _lowbar `grave {lbrace {lcub |verbar |vert }rbrace }rcub'
    .split(' ')
    .map((entry) => [entry.slice(1).toLowerCase(), entry.charAt(0)]),
);
/** How often an escape may be escaped again, as in `%255F`. */
const DEEPEST = 5;

function decoded(text: string): Decoded {
  let result: Decoded = { text };
  for (let depth = 0; depth < DEEPEST && /[\\%&]/u.test(result.text); depth++) {
    const next = decodedOnce(result);
    if (next.text.length === result.text.length) return result;
    result = next;
  }
  return result;
}

function decodedOnce({ text, starts }: Decoded): Decoded {
  const parts: string[] = [];
  const positions: number[] = [];
  let end = 0;
  const keep = (characters: string, start: number, step: 0 | 1) => {
    parts.push(characters);
    for (let index = 0; index < characters.length; index++)
      positions.push(starts ? (starts[start + step * index] ?? 0) : start + step * index);
  };
  for (const match of text.matchAll(ESCAPE)) {
    keep(text.slice(end, match.index), end, 1);
    keep(characterOf(match) ?? match[0], match.index, 0);
    end = match.index + match[0].length;
  }
  keep(text.slice(end), end, 1);
  return { text: parts.join(''), starts: positions };
}

function characterOf([, unicode, byte, percent, hex, decimal, name]: RegExpMatchArray): string | undefined {
  if (name !== undefined) return ENTITIES[name.toLowerCase()];
  const digits = unicode ?? byte ?? percent ?? hex;
  const code = digits === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(digits, 16);
  if (Number.isNaN(code)) return '';
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** The same bytes in base64 of either alphabet look alike then. */
function standardBase64(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '/');
}

/** Base64 of any text with the secret in it: by what comes before, it is one of three; the outer characters differ. */
function alignmentsOf(secret: string): string[] {
  const length = Buffer.byteLength(secret);
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from('x'.repeat(offset) + secret).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + length) * 8) / 6));
  });
}

type Span = [start: number, end: number];

function spansOf(needles: Iterable<string>, text: string): Span[] {
  const spans: Span[] = [];
  for (const needle of needles)
    for (let start = text.indexOf(needle); start >= 0; start = text.indexOf(needle, start + 1))
      spans.push([start, start + needle.length]);
  return spans;
}

function replaced(text: string, spans: Span[], { starts }: Decoded): string {
  const at = (index: number) => (starts ? (starts[index] ?? text.length) : index);
  let result = '';
  let end = 0;
  for (const [first, last] of spans.sort(([left], [right]) => left - right)) {
    if (at(first) >= end) result += `${text.slice(end, at(first))}***`;
    end = Math.max(end, at(last));
  }
  return result + text.slice(end);
}
