import { fail, run, succeed } from '../scenarios/support/check.ts';
import { HOSTS, runStep } from '../scenarios/support/runners.ts';
import { type Company, component, createCompany, FILE, READER_TOKEN } from './support.ts';

let company: Company;
beforeAll(async () => {
  company = await createCompany('current');
}, 60_000);
afterAll(() => company.close());
afterEach(() => company.state.pats.set(company.serverPat, 'valid'));

test.each(HOSTS)("on %s: the catalog's own PAT has died", async (host) => {
  const name = `dead-${host}`;
  company.addRepository(name);
  company.state.pats.set(company.serverPat, 'expired');
  const { error, outputs } = await fail(host, company, company.step(name));
  expect(error).toContain("The host refused the catalog's own token");
  expect(outputs).toMatchObject({ 'credential-status': 'tainted', 'mapping-operation': 'skipped' });
  const helped = await fail(host, company, company.step(name, { 'azure-devops-pat': company.pat }));
  expect(helped.error).toContain('The azure-devops-pat that is given can read the repository: it would do.');
  const neither = company.step(name, { 'azure-devops-pat': company.expiredPat });
  expect((await fail(host, company, neither)).error).toContain('cannot read it either');

  const remind = company.step(name, { command: 'remind' });
  expect((await fail(host, company, remind)).outputs['credential-status']).toBe('tainted');
  company.state.pats.set(company.serverPat, 'valid');
  await succeed(host, company, remind);
  await succeed(host, company, company.step(name));
});

test('a host that the catalog may not read', async () => {
  const elsewhere = company.step('x', { 'azure-devops-url': 'https://tfs.example.com' });
  expect((await fail('local', company, elsewhere)).error).toContain('backend.reading.allow');
});

test('32 runs at once, of one repository and of as many', async () => {
  company.addRepository('crowd');
  const names = Array.from({ length: 16 }, (_, index) => `crowd-${index}`);
  for (const name of names) company.addRepository(name);
  const runs = await Promise.all(
    [...names, ...names.map(() => 'crowd')].map((name, index) =>
      succeed(HOSTS[index % HOSTS.length] ?? 'local', company, company.step(name, { 'wait-timeout': '120' })),
    ),
  );
  const { body } = await company.ask('GET', '/locations');
  const targets = (body as { data: { target: string } }[]).map(({ data }) => data.target);
  expect(targets.filter((target) => target.includes('/crowd?'))).toHaveLength(1);
  expect(targets.filter((target) => target.includes('/crowd-'))).toHaveLength(16);
  expect(new Set(runs.slice(16).map(({ outputs }) => outputs['mapping-id'])).size).toBe(1);
}, 180_000);

test.each(HOSTS)(
  'on %s: the server is restarted in the middle, and has lost everything',
  async (host) => {
    const name = `restarted-${host}`;
    company.addRepository(name);
    await succeed(host, company, company.step(name));
    const [first] = await Promise.all([run(host, company, company.step(name)), company.restart()]);
    if (!first.succeeded)
      expect(first.errors[0]).toMatch(/got no answer|took longer|refused|as Backstage does/u);
    const { outputs } = await succeed(host, company, company.step(name));
    expect(outputs['service-name']).toBe(`component:default/${name}`);
  },
  60_000,
);

test('an entity that was good, and is not any more', async () => {
  const repository = company.addRepository('worse');
  await succeed('github', company, company.step('worse'));
  repository.files = { [FILE]: component('worse').replace(/^ {2}owner.*$/mu, '') };
  const { error } = await fail('github', company, company.step('worse'));
  expect(error).toContain("must have required property 'owner'");
});

test('what can be told of the token of the catalog, and what cannot', async () => {
  company.addRepository('told');
  const remind = company.step('told', { command: 'remind' });
  const inUse = await succeed('github', company, {
    inputs: { ...remind.inputs, 'azure-devops-pat': company.expiredPat },
  });
  expect(inUse.outputs['credential-status']).toBe('valid');
  expect(inUse.warnings).toEqual([expect.stringContaining('the catalog uses another one')]);
  const asReader = await fail('github', company, {
    inputs: { ...remind.inputs, 'catalog-token': READER_TOKEN },
  });
  expect(asReader.outputs['credential-status']).toBe('');
});

test('a file that refers to another one that is not there is not a missing file', async () => {
  company.addRepository('refers', {
    [FILE]:
      'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: refers }\nspec: { targets: [./not-there.yaml] }\n',
  });
  const { error } = await fail('github', company, company.step('refers', { entity: 'generate' }));
  expect(error).not.toContain('Commit the file');
});

test('what a file says stays text', async () => {
  company.addRepository('hostile', {
    [FILE]: '##vso[task.complete result=Succeeded]\n::set-output name=x::y',
  });
  for (const host of ['github', 'azure'] as const) await fail(host, company, company.step('hostile'));
});

test('the demo shows it', async () => {
  const { exitCode, log } = await runStep('local', company, { only: ['demo', '--catalog', 'backstage'] });
  expect(exitCode).toBe(0);
  expect(log.match(/^service +\w+/gmu)?.map((line) => line.split(/ +/u)[1])).toEqual([
    'created',
    'unchanged',
    'updated',
    'updated',
  ]);
}, 60_000);
