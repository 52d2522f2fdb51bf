import type { World } from './world.ts';

/** Characters: so many in a row are a part of a secret that must not be shown. */
const PART = 8;

/** The part of a secret that a text shows, in whatever form; '' when it shows none. */
export function shownOf(secret: string, text: string): string {
  const read = decoded(text);
  const words = [read, ...base64In(read)];
  for (let start = 0; start + PART <= secret.length; start++) {
    const part = secret.slice(start, start + PART);
    if (words.some((word) => word.includes(part))) return part;
  }
  return '';
}

/** Without percent forms, references of HTML, backslashes, and escapes of JSON, however deep. */
function decoded(text: string): string {
  const once = text
    .replace(/\\+u00([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]+);/giu, (_, ...hex: (string | undefined)[]) =>
      String.fromCharCode(Number.parseInt(hex.find(Boolean) ?? '', 16)),
    )
    .replace(/&#(\d+);/gu, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&amp;', '&')
    .replaceAll('\\', '');
  return once === text ? text : decoded(once);
}

/** What the runs of base64 in a text say, at each alignment. */
function base64In(text: string): string[] {
  return [...text.matchAll(/[\w+/-]{12,}/gu)].flatMap(([run]) =>
    [0, 1, 2, 3].map((offset) => Buffer.from(run.slice(offset), 'base64').toString('latin1')),
  );
}

/** The secrets of a world that a text shows, by name. */
export function secretsIn(text: string, world: World): string[] {
  const { token, viewerToken, pat, secondPat, expiredPat, scopelessPat, jobToken, gitHubToken } = world;
  const secrets = { token, viewerToken, pat, secondPat, expiredPat, scopelessPat, jobToken, gitHubToken };
  return Object.entries(secrets)
    .filter(([, secret]) => shownOf(secret, text) !== '')
    .map(([name]) => name);
}
