import fc from 'fast-check';
import { markedDigest, patMark, repositoryMark, serviceNameFor } from '../src/catalogs/konnect/naming.ts';
import type { Repository } from '../src/repository.ts';
import { patDigest } from '../src/scm/pat.ts';

const repository = (name: string, project = 'shop'): Repository => ({
  provider: 'azure-devops',
  organization: 'acme',
  project,
  name,
  host: 'https://dev.azure.com',
});
const LABEL = /^[a-z0-9A-Z]([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$/u;

describe('the derived name of a service', () => {
  test.each([
    ['checkout-api', 'checkout-api'],
    ['Checkout API', 'checkout-api'],
    ['Acme.Shop.Web', 'acme.shop.web'],
    ['Größe & Übersicht', 'gro-e-ubersicht'],
    ['_private_', 'private'],
    ['.github', 'github'],
    ['a_._b', 'a.b'],
  ])('of %s is %s', (name, expected) => expect(serviceNameFor(repository(name))).toBe(expected));

  test('is one that Konnect takes, and always the same', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (name) => {
        const derived = serviceNameFor(repository(name));
        expect(derived).toMatch(/^[0-9a-z][0-9a-z.-]{0,119}$/u);
        expect(serviceNameFor(repository(name))).toBe(derived);
      }),
    );
  });

  test('tells names apart that have nothing to keep, or too much', () => {
    expect(serviceNameFor(repository('支付'))).not.toBe(serviceNameFor(repository('结账')));
    const long = 'x'.repeat(130);
    expect(serviceNameFor(repository(`${long}a`))).not.toBe(serviceNameFor(repository(`${long}b`)));
  });
});

test('the mark of a repository is a label value, and differs by project but not by case', () => {
  expect(repositoryMark(repository('api'))).toMatch(LABEL);
  expect(repositoryMark(repository('API', 'Shop'))).toBe(repositoryMark(repository('api')));
  expect(repositoryMark(repository('api', 'archive'))).not.toBe(repositoryMark(repository('api')));
});

test('the mark of a PAT is a label value that tells neither the PAT nor another credential', () => {
  const digest = patDigest('instance', 'secret-pat');
  const mark = patMark('credential', digest);
  expect(mark).toMatch(LABEL);
  expect(mark.length).toBeLessThanOrEqual(63);
  expect(mark).not.toContain('secret');
  expect(patDigest('instance', 'other-pat')).not.toBe(digest);
  expect(patDigest('other', 'secret-pat')).not.toBe(digest);
  expect(markedDigest(mark, 'credential')).toBe(digest);
  expect(markedDigest(mark, 'other')).toBeUndefined();
  expect(markedDigest(undefined, 'credential')).toBeUndefined();
});
