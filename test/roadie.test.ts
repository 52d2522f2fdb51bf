import { addressesOf } from '../src/catalogs/roadie/roadie.ts';

test.each([
  ['https://api.roadie.so', 'https://api.roadie.so', 'https://<your tenant>.roadie.so'],
  ['https://acme.roadie.so', 'https://api.roadie.so', 'https://acme.roadie.so'],
  ['https://acme.roadie.so/catalog', 'https://api.roadie.so', 'https://acme.roadie.so'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
])("the API is everybody's, the pages are those of the tenant: %s", (url, api, site) =>
  expect(addressesOf(url)).toEqual({ api, site }),
);
