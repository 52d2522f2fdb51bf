import { randomUUID } from 'node:crypto';
import type { Fault } from '../../src/sandbox/sandbox.ts';
import { fail, run, succeed } from './support/check.ts';
import { HOSTS, type RunOptions } from './support/runners.ts';
import { seedInstance, seedIntegration, seedMapping, seedService, shopResource } from './support/seeds.ts';
import { createWorld, type World } from './support/world.ts';

/** A server shows the token that it was sent: `run` checks that no part of it is shown by us, in any form. */

let world: World;
afterEach(() => world.close());

const TOKEN = 'kpat_aB3-x_Y9=q.W7/k+Zr5~T1uM8pL2nQ4vXd6hJc0';

beforeEach(async () => {
  world = await createWorld();
  world.state.tokens.set(TOKEN, 'admin');
  world.token = TOKEN;
  world.lawful = false;
});

const answering =
  (part: string, answer: (Fault & object & { answer: unknown })['answer']) =>
  ({ path }: { path: string }) =>
    path.includes(part) ? ({ answer } as Fault) : undefined;

const problem = (fields: object) => ({ status: 400, body: JSON.stringify({ status: 400, ...fields }) });

/** Where a server may show it, and how long a text of that place may be. */
const PLACES: Record<string, { limit: number; set(text: string): RunOptions | undefined }> = {
  'the detail of a problem': {
    limit: 300,
    set(text) {
      world.fault = answering('/catalog-services', problem({ detail: text }));
      return {};
    },
  },
  'an invalid parameter': {
    limit: 300,
    set(text) {
      world.fault = answering(
        '/catalog-services',
        problem({ invalid_parameters: [{ field: 'a', reason: text }] }),
      );
      return {};
    },
  },
  'an HTML page': {
    limit: 120,
    set(text) {
      world.fault = answering('/integration-instances', { status: 400, body: `<html><p>${text}</p></html>` });
      return {};
    },
  },
  'a text in the place of JSON': {
    limit: 80,
    set(text) {
      world.fault = answering('/integration-instances', { status: 200, body: text });
      return {};
    },
  },
  'a redirect': {
    limit: 120,
    set(text) {
      const headers = { location: `https://example.com/${encodeURIComponent(text)}` };
      world.fault = answering('/integration-instances', { status: 302, headers, body: '' });
      return {};
    },
  },
  'the name of an integration': {
    limit: 80,
    set(text) {
      for (const name of ['a', 'b']) seedInstance(world, { name: `${name}${text}`, id: randomUUID() });
      return {};
    },
  },
  'the name of a service': {
    limit: 130,
    set(text) {
      seedIntegration(world);
      for (const id of ['a', 'b'])
        seedMapping(world, seedService(world, { name: `${id}${text}` }), shopResource(world));
      return {};
    },
  },
  'a missing permission': {
    limit: 300,
    set(text) {
      const { credential } = seedIntegration(world);
      credential.missing_permissions = [{ scopes: ['Code'], message: text }];
      return {};
    },
  },
  'the error of Azure DevOps, in its header': {
    limit: 200,
    set(text) {
      world.fault = answering('/azure-devops/', {
        status: 401,
        headers: { 'x-tfs-serviceerror': encodeURIComponent(text) },
        body: '',
      });
      return {};
    },
  },
  'the message of GitHub': {
    limit: 300,
    set(text) {
      seedIntegration(world);
      const headers = { 'content-type': 'application/json' };
      world.fault = answering('/issues', { status: 403, headers, body: JSON.stringify({ message: text }) });
      const inputs = { command: 'remind', ticket: 'true', 'pat-expires-on': '2020-01-01', 'fail-on': 'none' };
      return { inputs: { ...inputs, repository: '', 'azure-devops-organization': 'acme' } };
    },
  },
  'the error of Backstage': {
    limit: 500,
    set(text) {
      world.fault = answering('/api/catalog', {
        status: 400,
        body: JSON.stringify({ error: { name: 'InputError', message: text } }),
      });
      return { inputs: { catalog: 'backstage' } };
    },
  },
};

describe.each(HOSTS)('on %s', (host) => {
  test.each(Object.keys(PLACES))('%s', async (name) => {
    const place = PLACES[name];
    const secret = name.includes('GitHub') ? world.gitHubToken : TOKEN;
    const secretOfAzure = name.includes('Azure DevOps') ? world.pat : secret;
    for (const text of [`saw ${secretOfAzure}`, `${'x'.repeat((place?.limit ?? 0) - 38)}${secretOfAzure}`]) {
      const { instances, credentials, services, resources, mappings } = world.state;
      for (const records of [instances, credentials, services, resources, mappings]) records.length = 0;
      const options = place?.set(text);
      const { log, errors, warnings } = await run(host, world, {
        ...options,
        inputs: { ...options?.inputs, 'github-token': world.gitHubToken },
        flagged: name.includes('GitHub'),
      });
      // It was there to be shown.
      if (name !== 'the message of GitHub' || host === 'github')
        expect(`${log}${errors}${warnings}`).toContain(text.startsWith('saw') ? '***' : 'xxx');
    }
  });

  test('a token of twelve characters works, and is masked', async () => {
    const token = 'Twelve-chars';
    world.state.tokens.set(token, 'admin');
    world.token = token;
    const { log } = await succeed(host, world);
    world.fault = answering('/catalog-services', problem({ detail: `saw ${token}` }));
    const { error } = await fail(host, world);
    expect(error).toContain('saw ***');
    expect(log).toContain('created');
  });

  test.each(['1', 'true', 'a', 'eu', 'seven77', 'unchanged', 'replaced', '2027-11-25'])(
    'a catalog-token that is "%s" is refused, and garbles nothing',
    async (token) => {
      const { error, outputs, lines } = await fail(host, world, { inputs: { 'catalog-token': token } });
      expect(error).toContain(
        'catalog-token is no token: a token has at least 8 characters, and is no ordinary word.',
      );
      expect(outputs).toMatchObject({ 'service-operation': 'skipped', changed: 'false' });
      expect(lines.filter((line) => line.endsWith(`::${token}`) || line.endsWith(`]${token}`))).toEqual([]);
      expect(world.exchanges).toEqual([]);
    },
  );

  test.each(['azure-devops-pat', 'github-token'])('the same holds of %s', async (name) => {
    const { error } = await (host === 'azure' && name === 'github-token'
      ? { error: `${name} is no token` }
      : fail(host, world, { inputs: { [name]: 'true' } }));
    expect(error).toContain(`${name} is no token`);
  });
});
