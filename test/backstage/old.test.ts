import { fail, succeed } from '../scenarios/support/check.ts';
import { HOSTS } from '../scenarios/support/runners.ts';
import { type Company, component, createCompany, FILE } from './support.ts';

/** Only calls that old servers have too are needed: this one is of early 2025. */

let company: Company;
beforeAll(async () => {
  company = await createCompany('old');
}, 60_000);
afterAll(() => company.close());

test.each(HOSTS)('on %s: first, second, and after a change', async (host) => {
  const name = `old-${host}`;
  const repository = company.addRepository(name);
  const { outputs } = await succeed(host, company, company.step(name));
  expect(outputs).toMatchObject({ 'mapping-operation': 'created', 'service-operation': 'created' });
  const again = await succeed(host, company, company.step(name));
  expect(again.outputs).toMatchObject({ 'mapping-id': outputs['mapping-id'], changed: 'false' });
  repository.files = { [FILE]: component(name, '  description: New\n') };
  const changed = await succeed(host, company, company.step(name));
  expect(changed.outputs['service-operation']).toBe('updated');
});

test('a missing file, a name that is taken, and 8 runs at once', async () => {
  company.addRepository('missing', {});
  expect((await fail('github', company, company.step('missing'))).error).toContain('entity: generate');
  company.addRepository('mine');
  await Promise.all(Array.from({ length: 8 }, () => succeed('github', company, company.step('mine'))));
  company.addRepository('yours', { [FILE]: component('mine') });
  expect((await fail('github', company, company.step('yours'))).error).toContain('is taken by an entity of');
});
