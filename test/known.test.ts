import type { BackstageClient } from '../src/catalogs/backstage/client.ts';
import { BackstageError } from '../src/catalogs/backstage/errors.ts';
import { lastError } from '../src/catalogs/backstage/known.ts';
import type { Entity } from '../src/catalogs/backstage/schemas.ts';

const TARGET = 'https://github.com/acme/shop/blob/main/catalog-info.yaml';
const READ_AS = TARGET.replace('/blob/', '/tree/');
const LISTER = 'https://github.com/acme/all/blob/main/catalog-info.yaml';
const refusedFor = (name: string) =>
  `Error: Unable to read url, Request failed for https://api.github.com/repos/acme/${name}/contents/catalog-info.yaml?ref=main, 401 Unauthorized`;

function entity(kind: string, origin: string, errors: string[] = []): Entity {
  return {
    kind,
    metadata: {
      name: 'x',
      namespace: 'default',
      annotations: {
        'backstage.io/managed-by-origin-location': `url:${origin}`,
        'backstage.io/managed-by-location': `url:${READ_AS}`,
      },
    },
    status: { items: errors.map((message) => ({ level: 'error', message })) },
  };
}

/** What is told, where the catalog gives these locations. */
function told(known: Entity[], byOrigin: Entity[] = [], byName?: Entity) {
  const client = {
    entitiesFrom: async () => byOrigin,
    async entity() {
      if (byName) return byName;
      throw new BackstageError({ method: 'GET' }, '/x', { status: 403, headers: {}, text: '' });
    },
  } as unknown as BackstageClient;
  return lastError({ client, target: TARGET }, known);
}

test('the error of our own location is told, a refusal before all others', async () => {
  const shop = entity('Component', TARGET);
  expect(await told([shop, entity('Location', TARGET)])).toBeUndefined();
  expect(await told([shop, entity('Location', TARGET, ['Error: Unable to read url, x'])])).toMatchObject({
    kind: 'unclear',
  });
  const both = entity('Location', TARGET, ['Error: Unable to read url, x', refusedFor('shop')]);
  expect(await told([shop, both])).toMatchObject({ kind: 'denied' });
});

test('of the location of another file, only what is ours', async () => {
  const listed = entity('Component', LISTER);
  expect(await told([listed], [entity('Location', LISTER, [refusedFor('other')])])).toBeUndefined();
  expect(await told([listed], [entity('Location', LISTER, [refusedFor('shop')])])).toMatchObject({
    kind: 'denied',
  });
  const missing = `NotFoundError: Unable to read url, no matching files found for ${READ_AS}`;
  expect(await told([listed], [entity('Location', LISTER, [missing])])).toMatchObject({ kind: 'missing' });
});

test('a location that the index does not have is looked for by its name, if that may be seen', async () => {
  const shop = entity('Component', TARGET);
  expect(await told([shop], [], entity('Location', TARGET, [refusedFor('shop')]))).toMatchObject({
    kind: 'denied',
  });
  expect(await told([shop])).toBeUndefined();
});
