import fc from 'fast-check';
import { otherThanCatalogToken, otherThanPat } from '../src/scm/pat.ts';

const others = { jobToken: 'jobtoken', catalogToken: 'catalogtoken', gitHubToken: 'githubtoken' };
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const JWT = `${encoded({ typ: 'JWT', alg: 'RS256' })}.${encoded({ aud: 'x' })}.c2lnbmF0dXJl`;

describe('a secret that is no PAT of Azure DevOps', () => {
  test.each([
    ['jobtoken', "the job's own token"],
    ['githubtoken', 'a token of GitHub'],
    ['catalogtoken', 'the same secret as catalog-token'],
    [JWT, 'a token that expires within hours'],
    [`${Buffer.from(' { "alg": "none" }').toString('base64url')}.e30.`, 'a token that expires within hours'],
    [`${encoded({ alg: 'dir', enc: 'A256GCM' })}..aXY.Y2lwaGVy.dGFn`, 'a token that expires within hours'],
    ['eyJ.e30.x', 'a token that expires within hours'],
    ...['ghs', 'ghp', 'gho', 'ghu', 'ghr', 'github_pat'].map((name) => [
      `${name}_D4e5F6g7`,
      'a token of GitHub',
    ]),
    [`ghs_123_${JWT}`, 'a token of GitHub'],
    ...['glpat', 'gldt', 'glcbt', 'glsoat'].map((name) => [`${name}-D4e5F6g7`, 'a token of GitLab']),
    ['kpat_D4e5F6g7', 'a token of Kong Konnect'],
    ['spat_D4e5F6g7', 'a token of Kong Konnect'],
  ])('%s', (secret, what) => expect(otherThanPat(secret, others)).toContain(what));
});

test('whatever looks like a PAT may be one', () => {
  const older = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
    minLength: 52,
    maxLength: 52,
  });
  const base62 = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
  const newer = fc.string({ unit: base62, minLength: 84, maxLength: 84 });
  const begun = fc.tuple(
    fc.constantFrom('eyj', 'eyJ', 'ghs', 'glpat', 'kpat', 'spat', ''),
    fc.oneof(older, newer),
  );
  fc.assert(
    fc.property(begun, ([beginning, rest]) => {
      const pat = `${beginning}${rest}`.slice(0, rest.length);
      expect(otherThanPat(pat, others)).toBeUndefined();
    }),
  );
});

test('a secret that is no token of a catalog', () => {
  expect(otherThanCatalogToken('jobtoken', others)).toContain("the job's own token");
  expect(otherThanCatalogToken('ghs_D4e5F6g7', others)).toContain('GitHub');
  expect(otherThanCatalogToken('glpat-D4e5F6g7', others)).toContain('GitLab');
  // Backstage has such tokens.
  for (const token of [JWT, 'kpat_x', 'spat_x', 'a-static-token', ''])
    expect(otherThanCatalogToken(token, others)).toBeUndefined();
});
