import type { World } from './world.ts';

/** Every form in which a secret may show: plain, base64 at each alignment and after a colon, in a URL, in JSON. */
export function formsOf(secret: string): string[] {
  const aligned = [0, 1, 2].map((offset) => {
    const text = Buffer.from('x'.repeat(offset) + secret)
      .toString('base64')
      .replace(/=+$/u, '');
    // The first and the last characters also carry bits of what is around the secret.
    return text.slice(offset === 0 ? 0 : 4, -2);
  });
  return [
    secret,
    ...aligned,
    Buffer.from(`:${secret}`).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** The secrets of a world that a text shows, by name. */
export function secretsIn(text: string, world: World): string[] {
  const { token, viewerToken, pat, secondPat, expiredPat, scopelessPat, jobToken, gitHubToken } = world;
  const secrets = { token, viewerToken, pat, secondPat, expiredPat, scopelessPat, jobToken, gitHubToken };
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name);
}
