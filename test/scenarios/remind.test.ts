import { dayOf, daysAfter } from '../../src/dates.ts';
import { fail, succeed } from './support/check.ts';
import { HOSTS, type RunOptions } from './support/runners.ts';
import { seedInstance, seedIntegration } from './support/seeds.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

/** What a reminder needs: the organization is that of the pipeline on Azure, and is named elsewhere. */
const remind = (inputs: Record<string, string> = {}): RunOptions => ({
  inputs: {
    command: 'remind',
    repository: '',
    'azure-devops-organization': 'acme',
    'azure-devops-pat': '',
    ...inputs,
  },
});
const today = dayOf(Date.now());
const inDays = (days: number) => daysAfter(today, days);
/** In the newer format, issued in January 2026. */
const NEW_PAT = `${'Ab3'.repeat(17)}xJQQJ99CA${'b'.repeat(12)}AAAAAZDOwxyz`;

describe.each(HOSTS)('on %s', (host) => {
  test('a valid credential is one line, from two reads', async () => {
    world = await createWorld();
    const { instance, credential } = seedIntegration(world);
    const before = JSON.stringify(world.state);
    const { log, outputs, warnings } = await succeed(host, world, remind({ 'pat-expires-on': inDays(100) }));
    expect(log).toContain(
      `The PAT of the integration "azure-devops" is valid until ${inDays(100)}: 100 days are left (by pat-expires-on).`,
    );
    expect(warnings).toEqual([]);
    expect(outputs).toMatchObject({
      'integration-id': instance.id,
      'integration-operation': 'unchanged',
      'credential-id': credential.id,
      'credential-operation': 'unchanged',
      'credential-status': 'valid',
      'credential-expires-on': inDays(100),
      'credential-days-left': '100',
      'credential-expiry-source': 'input',
      'ticket-operation': 'skipped',
      changed: 'false',
    });
    expect(world.exchanges).toHaveLength(2);
    expect(JSON.stringify(world.state)).toBe(before);
  });

  test.each([
    [30, 'expiring', '30 days are left'],
    [0, 'expiring', 'this is its last day'],
  ])('%d days before the end there is one warning', async (days, status, says) => {
    world = await createWorld();
    seedIntegration(world);
    const { outputs, warnings } = await succeed(host, world, remind({ 'pat-expires-on': inDays(days) }));
    expect(warnings).toEqual([expect.stringContaining(says)]);
    expect(warnings[0]).toContain('Run command: register once');
    expect(outputs).toMatchObject({ 'credential-status': status, 'credential-days-left': String(days) });
  });

  test('after the end there is one error, and the step fails as fail-on says', async () => {
    world = await createWorld();
    seedIntegration(world);
    const ended = remind({ 'pat-expires-on': inDays(-1) });
    const { error, outputs } = await fail(host, world, ended);
    expect(error).toContain(`ended on ${inDays(-1)} (by pat-expires-on)`);
    expect(outputs).toMatchObject({ 'credential-status': 'expired', 'credential-days-left': '-1' });
    const spared = await succeed(host, world, {
      ...remind({ 'pat-expires-on': inDays(-1), 'fail-on': 'none' }),
      flagged: true,
    });
    expect(spared.errors[0]).toContain(`ended on ${inDays(-1)}`);
    await fail(host, world, remind({ 'pat-expires-on': inDays(3), 'fail-on': 'tainted, expiring' }));
  });

  test('what the catalog says of the credential counts first', async () => {
    world = await createWorld();
    const { instance, credential } = seedIntegration(world);
    credential.tainted = true;
    const tainted = await fail(host, world, remind({ 'pat-expires-on': inDays(100) }));
    expect(tainted.outputs['credential-status']).toBe('tainted');
    expect(tainted.error).toContain('was refused by the host (tainted)');
    expect(tainted.error).toContain('run command: register once');
    credential.tainted = false;
    credential.missing_permissions = [{ scopes: ['vso.code'], message: 'no code' }];
    expect((await succeed(host, world, remind())).warnings).toEqual([
      'The credential lacks vso.code: no code',
    ]);
    world.state.credentials = [];
    instance.authorized = false;
    const missing = await fail(host, world, remind());
    expect(missing.outputs).toMatchObject({
      'credential-status': 'missing',
      'credential-operation': 'skipped',
      'credential-expires-on': '',
    });
  });

  test('the day is recorded by register, and forgotten by a rotation without it', async () => {
    world = await createWorld();
    const day = inDays(200);
    await succeed(host, world, { inputs: { 'pat-expires-on': day } });
    expect((await succeed(host, world, remind())).outputs).toMatchObject({
      'credential-expires-on': day,
      'credential-expiry-source': 'recorded',
    });

    world.forgetExchanges();
    const again = await succeed(host, world, { inputs: { 'pat-expires-on': day } });
    expect(world.writes()).toEqual([]);
    expect(again.outputs['credential-operation']).toBe('unchanged');

    const corrected = { 'pat-expires-on': inDays(190) };
    const planned = await succeed(host, world, { inputs: { ...corrected, command: 'plan' } });
    expect(planned.outputs).toMatchObject({ 'credential-operation': 'updated', changed: 'true' });
    expect(world.writes()).toEqual([]);
    const { outputs } = await succeed(host, world, { inputs: corrected });
    expect(outputs).toMatchObject({
      'credential-operation': 'updated',
      'credential-expires-on': inDays(190),
    });
    expect(world.writes()).toEqual(['PATCH /integration-instances/:id']);

    await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
    expect((await succeed(host, world, remind())).outputs['credential-expiry-source']).toBe('created-at');
    expect(Object.keys(world.state.instances[0]?.labels ?? {})).toEqual(['catalog-connect-pat']);
  });

  test('without any day, there is an upper bound that is called one', async () => {
    world = await createWorld();
    const { instance } = seedIntegration(world);
    const byCatalog = await succeed(host, world, remind());
    expect(byCatalog.log).toContain('at the latest');
    expect(byCatalog.log).toContain('a year after the catalog stored it');
    expect(byCatalog.outputs['credential-expiry-source']).toBe('created-at');

    world.state.pats.set(NEW_PAT, 'valid');
    const byToken = await succeed(host, world, {
      ...remind({ 'azure-devops-pat': NEW_PAT }),
      now: Date.parse('2026-12-01T12:00:00Z'),
    });
    expect(byToken.outputs).toMatchObject({
      // It is not the PAT that the credential was made from.
      'credential-expiry-source': 'created-at',
    });
    instance.labels = {};
    const byMonth = await succeed(host, world, {
      ...remind({ 'azure-devops-pat': NEW_PAT }),
      now: Date.parse('2026-12-01T12:00:00Z'),
    });
    expect(byMonth.outputs).toMatchObject({
      'credential-expires-on': '2027-01-31',
      'credential-days-left': '61',
      'credential-expiry-source': 'token-issue-month',
    });
    expect(byMonth.log).toContain('it is not known whether the credential was made from it');
  });

  test.each([
    ['expired', { 'x-tfs-serviceerror': 'The%20Personal%20Access%20Token%20used%20has%20expired.' }],
    ['tainted', {}],
  ])('a dead PAT is found on the day it dies: %s', async (status, headers) => {
    world = await createWorld();
    seedIntegration(world);
    await succeed(host, world);
    world.fault = ({ path }) =>
      path.includes('_apis/git') ? { answer: { status: 401, headers } } : undefined;
    const given = { 'azure-devops-pat': world.pat, 'pat-expires-on': inDays(100) };
    const { error, outputs } = await fail(host, world, remind(given));
    expect(error).toContain('does not work any more, although the catalog has not noticed yet');
    expect(error).toContain('status 401');
    expect(outputs).toMatchObject({ 'credential-status': status, 'credential-days-left': '100' });
    // A repository that registers itself is warned too, and does not fail of it.
    const { warnings } = await succeed(host, world);
    expect(warnings).toEqual([expect.stringContaining('does not work any more')]);
  });

  test('a dead PAT that is not the one of the credential is only mentioned', async () => {
    world = await createWorld();
    seedIntegration(world);
    const { warnings, outputs } = await succeed(
      host,
      world,
      remind({ 'azure-devops-pat': world.expiredPat }),
    );
    expect(warnings).toEqual([expect.stringContaining('the catalog uses another one')]);
    expect(outputs['credential-status']).toBe('valid');
  });

  test('Azure DevOps being away changes no verdict', async () => {
    world = await createWorld();
    seedIntegration(world);
    world.fault = ({ path }) => (path.includes('_apis/git') ? { answer: { status: 403 } } : undefined);
    const { outputs } = await succeed(host, world, remind({ 'azure-devops-pat': world.pat }));
    expect(outputs['credential-status']).toBe('valid');
  });

  test('register says it at its end, in the log and in the summary', async () => {
    world = await createWorld();
    const day = inDays(20);
    const { warnings, summary, outputs } = await succeed(host, world, { inputs: { 'pat-expires-on': day } });
    expect(warnings).toEqual([expect.stringContaining(`ends on ${day}: 20 days are left`)]);
    if (host !== 'local') expect(summary).toContain('20 days are left');
    expect(outputs).toMatchObject({ 'credential-status': 'expiring', 'credential-operation': 'created' });
    const past = await succeed(host, world, { inputs: { 'pat-expires-on': inDays(-3) } });
    expect(past.warnings).toEqual([expect.stringContaining('but Azure DevOps accepts it today')]);
    const far = await succeed(host, world, { inputs: { 'pat-expires-on': inDays(400) } });
    expect(far.warnings).toEqual([expect.stringContaining('more than a year ahead')]);
  });

  test('a plan says what would be said', async () => {
    world = await createWorld();
    seedIntegration(world);
    const inputs = { command: 'plan', 'pat-expires-on': inDays(5) };
    const { warnings } = await succeed(host, world, { inputs });
    expect(warnings).toEqual([expect.stringContaining('5 days are left')]);
    expect(world.writes()).toEqual([]);
  });

  test('a plan that would replace the credential says what would be said then', async () => {
    world = await createWorld();
    seedIntegration(world);
    await succeed(host, world, { inputs: { 'pat-expires-on': inDays(5) } });
    const inputs = { command: 'plan', ticket: 'true', 'azure-devops-pat': world.secondPat };
    const { outputs, warnings } = await succeed(host, world, {
      inputs: { ...inputs, ...(host === 'github' ? {} : { ticket: '' }) },
    });
    expect(warnings).toEqual([]);
    expect(outputs).toMatchObject({
      'credential-operation': 'replaced',
      'credential-status': 'valid',
      'ticket-operation': 'skipped',
    });
  });

  test('the PAT is optional, a catalog token that may only read is enough', async () => {
    world = await createWorld();
    seedIntegration(world);
    await succeed(host, world, remind({ 'catalog-token': world.viewerToken }));
  });

  test('no integration is an error that says what to check', async () => {
    world = await createWorld();
    const { error } = await fail(host, world, remind());
    expect(error).toContain('There is no azure-devops integration for "acme" in the catalog');
    const several = [seedInstance(world), seedInstance(world, { name: 'azure-2' })];
    expect((await fail(host, world, remind())).error).toContain(several[1]?.id);
  });

  test.each([
    ['pat-expires-on', '31.12.2027', 'must be a day as YYYY-MM-DD'],
    ['pat-expires-on', '2027-02-29', 'must be a day as YYYY-MM-DD'],
    ['fail-on', 'expired,broken', 'has "broken"; it can have expiring, expired, tainted'],
    ['remind-within-days', '0', 'a number of days from 1 to 366'],
  ])('%s %s is refused', async (name, value, says) => {
    world = await createWorld();
    const { error } = await fail(host, world, remind({ [name]: value }));
    expect(error).toContain(says);
    expect(world.exchanges).toEqual([]);
  });
});

test('a run that speaks of a PAT, but of no organization, asks for it', async () => {
  world = await createWorld();
  const { error } = await fail('github', world, {
    inputs: { command: 'remind', repository: '', 'pat-expires-on': inDays(5) },
  });
  expect(error).toContain('Set azure-devops-organization');
});
