import { authorizeInBrowser } from '../../src/sandbox/state.ts';
import { fail, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import {
  seedCredential,
  seedInstance,
  seedIntegration,
  seedMapping,
  seedService,
  shopResource,
} from './support/seeds.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
afterEach(() => world.close());

/** Connected by an earlier run with the first PAT. */
function connected() {
  const seeded = seedIntegration(world);
  const service = seedService(world);
  const mapping = seedMapping(world, service, shopResource(world));
  return { ...seeded, service, mapping };
}

const REPLACED = [
  'PATCH /integration-instances/:id',
  'DELETE /integration-instances/:id/auth-credential',
  'POST /integration-instances/:id/auth-credential',
  'PATCH /integration-instances/:id',
];

describe.each(HOSTS)('on %s', (host) => {
  describe('without a PAT', () => {
    const inputs = { 'azure-devops-pat': '' };

    test('no integration is made, and nothing else either', async () => {
      world = await createWorld();
      for (const command of ['register', 'plan']) {
        const { error } = await fail(host, world, { inputs: { ...inputs, command } });
        expect(error).toContain('There is no integration for the organization "acme" yet');
        expect(error).toContain('Set azure-devops-pat to a personal access token with the scope Code: Read');
      }
      expect(world.writes()).toEqual([]);
    });

    test('a healthy credential is enough', async () => {
      world = await createWorld();
      const { credential } = connected();
      const { outputs, warnings } = await succeed(host, world, { inputs });
      expect(outputs).toMatchObject({
        'credential-id': credential.id,
        'credential-operation': 'unchanged',
        'credential-status': 'valid',
      });
      expect(warnings).toEqual([]);
      expect(world.writes()).toEqual([]);
    });

    test('an ailing credential is a warning that says what to do', async () => {
      world = await createWorld();
      const { credential } = connected();
      credential.tainted = true;
      const tainted = await succeed(host, world, { inputs });
      expect(tainted.outputs).toMatchObject({
        'credential-operation': 'unchanged',
        'credential-status': 'tainted',
        'mapping-operation': 'unchanged',
      });
      expect(tainted.warnings).toEqual([
        expect.stringContaining('set azure-devops-pat to a PAT with the scope Code: Read'),
      ]);
      if (host !== 'local') expect(tainted.summary).toContain('tainted');

      Object.assign(credential, { tainted: false, expires_at: '2026-01-01T00:00:00.000Z' });
      expect((await succeed(host, world, { inputs })).outputs['credential-status']).toBe('expired');

      world.state.credentials = [];
      const missing = await succeed(host, world, { inputs });
      expect(missing.outputs).toMatchObject({
        'credential-id': '',
        'credential-operation': 'skipped',
        'credential-status': 'missing',
      });
    });

    test('what the credential may not do is a warning', async () => {
      world = await createWorld();
      const { credential } = connected();
      credential.missing_permissions = [{ scopes: ['vso.build'], message: 'No pipelines are shown.' }];
      const { warnings } = await succeed(host, world, { inputs });
      expect(warnings).toEqual(['The credential lacks vso.build: No pipelines are shown.']);
    });

    test('where Konnect cannot discover the repository, it is not waited for', async () => {
      world = await createWorld();
      seedInstance(world);
      const { error, outputs } = await fail(host, world, { inputs });
      expect(error).toContain('Konnect does not know the repository yet, and cannot discover it.');
      expect(error).toContain('The credential of the integration is missing');
      expect(outputs).toMatchObject({
        'integration-operation': 'unchanged',
        'credential-status': 'missing',
        'service-operation': 'created',
      });
    });
  });

  describe('with a PAT that does not work', () => {
    test.each([
      ['expired', 'expiredPat', 'The Personal Access Token used has expired', 'Make a new one'],
      ['without scope', 'scopelessPat', 'status 401', 'lacks the scope Code: Read'],
    ] as const)('(%s) nothing is created', async (_, name, says, cure) => {
      world = await createWorld();
      for (const command of ['register', 'plan']) {
        const { error } = await fail(host, world, { inputs: { 'azure-devops-pat': world[name], command } });
        expect(error).toContain(
          'Azure DevOps did not let the azure-devops-pat read the repository acme/shop/Checkout API',
        );
        expect(error).toContain(says);
        expect(error).toContain(cure);
      }
      expect(world.writes()).toEqual([]);
    });

    test('no credential is displaced', async () => {
      world = await createWorld();
      const { credential } = connected();
      credential.tainted = true;
      for (const rotation of ['auto', 'always']) {
        const inputs = { 'azure-devops-pat': world.expiredPat, 'rotate-credential': rotation };
        await fail(host, world, { inputs });
      }
      expect(world.writes()).toEqual([]);
      expect(world.state.credentials).toEqual([credential]);
    });

    test('a repository that the PAT may not see is named', async () => {
      world = await createWorld();
      world.state.repositories['azure-devops'] = [];
      const { error } = await fail(host, world);
      expect(error).toContain('status 404. TF401019');
      expect(error).toContain('the owner of the token may read it');
      expect(world.writes()).toEqual([]);
    });
  });

  describe('with another PAT than the stored one', () => {
    test('the credential is replaced, and the mapping stays', async () => {
      world = await createWorld();
      const { credential, mapping, instance } = connected();
      instance.labels.team = 'platform';
      const { outputs, log } = await succeed(host, world, {
        inputs: { 'azure-devops-pat': world.secondPat },
      });
      expect(world.writes()).toEqual(REPLACED);
      expect(log).toContain('it was made from another PAT');
      expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
      expect(outputs['credential-id']).not.toBe(credential.id);
      expect(outputs).toMatchObject({
        'credential-operation': 'replaced',
        'credential-status': 'valid',
        'mapping-id': mapping.id,
        'mapping-operation': 'unchanged',
        changed: 'true',
      });
      expect(instance.labels.team).toBe('platform');
      world.forgetExchanges();
      await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
      expect(world.writes()).toEqual([]);
    });

    test('a plan says so and writes nothing', async () => {
      world = await createWorld();
      connected();
      const { outputs } = await succeed(host, world, {
        inputs: { 'azure-devops-pat': world.secondPat, command: 'plan' },
      });
      expect(outputs['credential-operation']).toBe('replaced');
      expect(world.writes()).toEqual([]);
    });

    test('a credential that was made by hand is left alone', async () => {
      world = await createWorld();
      const instance = seedInstance(world);
      const credential = seedCredential(world, instance, world.pat, false);
      const { outputs } = await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
      expect(outputs).toMatchObject({ 'credential-id': credential.id, 'credential-operation': 'unchanged' });
      // Also when our label is still there, from the credential that the person replaced.
      const other = seedInstance(world, { name: 'other', config: { organization: 'other' } });
      Object.assign(instance.labels, seedCredential(world, other, world.pat) && other.labels);
      expect(
        (await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } })).outputs[
          'credential-operation'
        ],
      ).toBe('unchanged');
    });

    test('never means never', async () => {
      world = await createWorld();
      const { credential } = connected();
      credential.tainted = true;
      const inputs = { 'azure-devops-pat': world.secondPat, 'rotate-credential': 'never' };
      const { warnings } = await succeed(host, world, { inputs });
      expect(warnings[0]).toContain('with rotate-credential: auto');
      expect(world.writes()).toEqual([]);
    });
  });

  test.each(['tainted', 'expired'])('a credential that is %s is replaced', async (ailment) => {
    world = await createWorld();
    const { credential } = connected();
    Object.assign(
      credential,
      ailment === 'tainted' ? { tainted: true } : { expires_at: '2026-01-01T00:00:00.000Z' },
    );
    const { outputs, log } = await succeed(host, world);
    expect(outputs).toMatchObject({ 'credential-operation': 'replaced', 'credential-status': 'valid' });
    expect(log).toContain(`it is ${ailment}`);
    expect(world.writes()).toEqual(REPLACED);
  });

  test('always replaces once a run', async () => {
    world = await createWorld();
    connected();
    const { outputs } = await succeed(host, world, { inputs: { 'rotate-credential': 'always' } });
    expect(outputs['credential-operation']).toBe('replaced');
    expect(world.writes()).toEqual(REPLACED);
  });

  test('a missing credential is created', async () => {
    world = await createWorld();
    seedInstance(world);
    const { outputs } = await succeed(host, world);
    expect(outputs).toMatchObject({
      'integration-operation': 'unchanged',
      'credential-operation': 'created',
      'credential-status': 'valid',
    });
  });

  describe('when replacing goes wrong after the old credential was removed', () => {
    const storing = (method: string, path: string) => method === 'POST' && path.endsWith('/auth-credential');

    test('a lost answer is looked after, not repeated', async () => {
      world = await createWorld();
      connected();
      let times = 0;
      world.fault = ({ method, path }) =>
        storing(method, path) && times++ === 0 ? 'reset after' : undefined;
      const { outputs } = await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
      expect(outputs).toMatchObject({ 'credential-operation': 'replaced', 'credential-status': 'valid' });
      expect(times).toBe(1);
      expect(world.state.credentials).toEqual([expect.objectContaining({ key: world.secondPat })]);
    });

    test('a passing fault is overcome', async () => {
      world = await createWorld();
      connected();
      let times = 0;
      world.fault = ({ method, path }) =>
        storing(method, path) && times++ < 2 ? { answer: { status: 503 } } : undefined;
      const { outputs } = await succeed(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
      expect(outputs['credential-operation']).toBe('replaced');
      expect(world.state.credentials).toHaveLength(1);
    });

    test('a removal that is refused leaves the credential, and is told at once', async () => {
      world = await createWorld();
      const { credential } = connected();
      world.fault = ({ method }) => (method === 'DELETE' ? { answer: { status: 403 } } : undefined);
      const { error, outputs } = await fail(host, world, { inputs: { 'azure-devops-pat': world.secondPat } });
      expect(error).toContain('lacks a role in this region: Integration Admin');
      expect(error).not.toContain('was removed');
      expect(outputs['credential-operation']).toBe('skipped');
      expect(world.state.credentials).toEqual([credential]);
    });

    test('a lasting one is told exactly, and the next run repairs it', async () => {
      world = await createWorld();
      const { mapping } = connected();
      world.fault = ({ method, path }) => (storing(method, path) ? { answer: { status: 400 } } : undefined);
      const inputs = { 'azure-devops-pat': world.secondPat };
      const { error, outputs } = await fail(host, world, { inputs });
      expect(error).toContain(
        'The old credential of the integration "azure-devops" was removed, but the new one could not be stored',
      );
      expect(error).toContain('status 400');
      expect(error).toContain('Run this step again: it stores the credential. Or paste the PAT at https://');
      expect(outputs).toMatchObject({
        'integration-operation': 'unchanged',
        'credential-operation': 'replaced',
        'credential-status': 'missing',
        changed: 'true',
      });
      world.fault = undefined;
      const repaired = await succeed(host, world, { inputs });
      expect(repaired.outputs).toMatchObject({ 'credential-operation': 'created', 'mapping-id': mapping.id });
    });
  });

  test('an integration of GitHub that is not authorized any more is a warning with the page to go to', async () => {
    world = await createWorld({ style: 'names' });
    const instance = authorizeInBrowser(world.state, 'github');
    const inputs = { repository: 'https://github.com/acme-inc/web-shop', 'azure-devops-pat': '' };
    await succeed(host, world, { inputs });
    instance.authorized = false;
    const { outputs, warnings } = await succeed(host, world, { inputs });
    expect(outputs['credential-status']).toBe('unauthorized');
    expect(warnings[0]).toContain(
      'authorize it at https://cloud.konghq.com/us/service-catalog/integrations/github',
    );
  });
});
