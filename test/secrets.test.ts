import fc from 'fast-check';
import { createSecrets, mask, withSecrets } from '../src/secrets.ts';
import { bullets, markdown, oneLine, pageText } from '../src/text.ts';
import { html, link, words } from '../src/tickets/html.ts';
import { shownOf } from './scenarios/support/secrets.ts';

const SECRET = 'kpat_aB3-x_Y9=q.W7/k+Zr5~T1uM8pL2nQ4';

function masking<T>(secret: string, work: () => T): T {
  const secrets = createSecrets();
  secrets.add(secret);
  return withSecrets(secrets, work);
}

const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');
const each = (write: (character: string) => string) => (text: string) => [...text].map(write).join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** How a server, or we, may write a secret. */
const FORMS: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  'in a URL': encodeURIComponent,
  'in a URL, lower case': (secret) =>
    encodeURIComponent(secret).replace(/%../gu, (form) => form.toLowerCase()),
  'all of it in percent': each((character) => `%${hex(character)}`),
  'twice in percent': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in JSON': (secret) => JSON.stringify(secret).slice(1, -1),
  "in PHP's JSON": (secret) => secret.replaceAll('/', '\\/'),
  'in JSON as ASCII': each((character) => `\\u00${hex(character)}`),
  'in JSON in JSON': each((character) => `\\\\u00${hex(character)}`),
  'in markdown': (secret) => secret.replace(/[^\w]|_/gu, '\\$&'),
  'in HTML, decimal': each((character) => `&#${character.charCodeAt(0)};`),
  'in HTML, hexadecimal': each((character) => `&#x${hex(character)};`),
  'in HTML, twice': each((character) => `&amp;#${character.charCodeAt(0)};`),
  'in HTML by name': (secret) => secret.replaceAll('_', '&lowbar;').replaceAll('=', '&equals;'),
  'base64 of itself': base64,
  'base64 of :secret': (secret) => base64(`:${secret}`),
  'base64 of user:secret': (secret) => base64(`user:${secret}`),
  'base64 of Bearer secret': (secret) => base64(`Bearer ${secret}`),
  'base64 in the middle': (secret) => base64(`{"token":"${secret}"}`),
  'base64url without padding': (secret) => Buffer.from(`u:${secret}`).toString('base64url'),
  'base64 in a URL': (secret) => encodeURIComponent(base64(`:${secret}`)),
};

test.each(Object.keys(FORMS))('a secret is masked: %s', (form) => {
  const written = FORMS[form]?.(SECRET) ?? '';
  const text = `before ${written} after`;
  const masked = masking(SECRET, () => mask(text));
  expect(shownOf(SECRET, masked)).toBe('');
  expect(masked).toMatch(/^before .{0,16}\*\*\*.{0,8} after$/u);
});

test('a token of any characters is masked in any of these forms, and what is around it stays', () => {
  const token = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 12,
    maxLength: 90,
  });
  fc.assert(
    fc.property(token, fc.constantFrom(...Object.values(FORMS)), (secret, form) => {
      const masked = masking(secret, () => mask(`<< ${form(secret)} >>`));
      expect(shownOf(secret, masked)).toBe('');
      expect(masked.startsWith('<< ')).toBe(true);
      expect(masked.endsWith(' >>')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a text is masked before it is cut, escaped, or freed of its tags, wherever the secret is in it', () => {
  const places = [
    oneLine,
    markdown,
    (text: string) => pageText(text, 120),
    (text: string) => bullets([text]),
  ];
  const inHtml = [(text: string) => html`${text}`.text, (text: string) => words(text).text];
  for (const place of [...places, ...inHtml])
    for (let before = 0; before < 2_100; before += 7)
      expect(
        shownOf(
          SECRET,
          masking(SECRET, () => place(`${'x'.repeat(before)}${SECRET}`)),
        ),
      ).toBe('');
  const tagged = 'ab<cd>efghijklmnop';
  expect(masking(tagged, () => pageText(`<p>${tagged}</p>`))).toBe('***');
  expect(masking(SECRET, () => link(`https://example.com/${SECRET}`, SECRET).text)).not.toContain('T1uM8pL2');
});

test('what is too short to be a token is not masked, and a text without secrets stays as it is', () => {
  expect(masking('1', () => mask('d1ac60df'))).toBe('d1ac60df');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(masking(SECRET, () => mask(text))).toBe(text);
    }),
  );
});

test('a secret is one of the run that has it', async () => {
  const [ours, theirs] = await Promise.all([
    masking(SECRET, async () => {
      await null;
      return mask(SECRET);
    }),
    masking('another-secret', async () => {
      await null;
      return mask(SECRET);
    }),
  ]);
  expect([ours, theirs, mask(SECRET)]).toEqual(['***', SECRET, SECRET]);
});
