import fc from 'fast-check';
import type { Http, HttpResponse } from '../src/http/http.ts';
import { parseRepository, type Repository } from '../src/repository.ts';
import { azureDevOps } from '../src/scm/azure-devops.ts';

test('no name leads the request anywhere else', async () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: 'binary' });
  await fc.assert(
    fc.asyncProperty(name, name, name, async (organization, project, repository) => {
      const asked: URL[] = [];
      const http: Http = {
        async send({ url }) {
          asked.push(url);
          return { status: 404, headers: {}, text: '' };
        },
        async close() {},
      };
      const text = [organization, project, repository].join('/');
      const target = (() => {
        try {
          return parseRepository(text, { provider: 'azure-devops', organization: 'acme' });
        } catch {
          return undefined;
        }
      })();
      if (!target) return;
      await expect(azureDevOps(http).read(target, { pat: 'x' })).rejects.toThrow('Azure DevOps did not let');
      const [url] = asked;
      expect(url?.search).toBe('?api-version=7.0');
      expect(url?.hash).toBe('');
      if (target.host === 'https://dev.azure.com')
        expect(url?.pathname).toMatch(/^\/[^/]+\/[^/]+\/_apis\/git\/repositories\/[^/]+$/u);
    }),
  );
});

describe('the version of the API', () => {
  const GUID = '5febef5a-833d-4e14-b9c0-14cb638f91e6';
  const described = { id: GUID, name: 'ledger', project: { id: GUID, name: 'Payments' }, isDisabled: false };
  const named = (name: string, host = 'https://tfs.example.com/tfs'): Repository => ({
    provider: 'azure-devops',
    organization: 'acme',
    project: 'Payments',
    name,
    host,
  });
  const outOfRange = (asked: string, newest: string): HttpResponse => ({
    status: 400,
    headers: {},
    text: JSON.stringify({
      message: `The requested REST API version of ${asked} is out of range for this server. The latest REST API version this server supports is ${newest}.`,
      typeKey: 'VssVersionOutOfRangeException',
    }),
  });

  /** A server that has no newer version than this one. */
  function server(newest: string, tooNew = outOfRange) {
    const asked: string[] = [];
    const http: Http = {
      async send({ url }) {
        const version = url.searchParams.get('api-version') ?? '';
        asked.push(version);
        return Number.parseFloat(version) > Number.parseFloat(newest)
          ? tooNew(version, newest)
          : { status: 200, headers: {}, text: JSON.stringify(described) };
      },
      async close() {},
    };
    return { asked, reads: azureDevOps(http) };
  }

  test.each(['5.0', '5.1', '6.0'])('a Server that has %s is asked once for a newer one', async (newest) => {
    const { asked, reads } = server(newest);
    expect(await reads.tryPat(named('ledger'), 'x', named('ledger'))).toEqual({ result: 'works' });
    expect((await reads.read(named('api'), { pat: 'x' })).id).toBe(GUID);
    expect(await reads.readFile(named('api'), '/catalog-info.yaml', { pat: 'x' })).toContain('ledger');
    expect(asked).toEqual(['7.0', '5.0', '5.0', '5.0']);
  });

  test.each(['7.0', '7.1', '7.2'])('a server that has %s tells more of a repository', async (newest) => {
    const { asked, reads } = server(newest);
    await reads.read(named('ledger'), { pat: 'x' });
    expect(asked).toEqual(['7.0']);
  });

  test('a Server that answers 401 to a version that it does not have', async () => {
    const { reads } = server('5.0', () => ({ status: 401, headers: {}, text: '' }));
    expect(await reads.tryPat(named('ledger'), 'x', named('ledger'))).toEqual({ result: 'works' });
  });

  test('the cloud has every version, so its 401 is about the token', async () => {
    const { asked, reads } = server('5.0', () => ({ status: 401, headers: {}, text: '' }));
    const cloud = named('ledger', 'https://dev.azure.com');
    expect(await reads.tryPat(cloud, 'x', cloud)).toMatchObject({ result: 'refused' });
    expect(asked).toEqual(['7.0']);
  });

  test('a Server that is too old says nothing of the token', async () => {
    const trial = await server('4.1').reads.tryPat(named('ledger'), 'x', named('ledger'));
    expect(trial).toMatchObject({ result: 'unknown', why: expect.stringContaining('supports is 4.1') });
    await expect(server('4.1').reads.read(named('ledger'), { pat: 'x' })).rejects.toMatchObject({
      cure: expect.stringContaining('Azure DevOps Server 2019 or newer'),
    });
  });
});

test.each([
  ['<!DOCTYPE html><title>Sign in</title>', 'HTML: "<!DOCTYPE html>'],
  ['', 'an empty answer'],
  ['{"id": 4}', 'id: expected string, got 4'],
  ['null', 'expected Object, got null'],
])('an answer that describes no repository says nothing of the token: %s', async (text, says) => {
  const http: Http = { send: async () => ({ status: 200, headers: {}, text }), async close() {} };
  const target = { provider: 'azure-devops', organization: 'acme', name: 'a', host: 'https://dev.azure.com' };
  const reading = azureDevOps(http).read(target as Repository, { pat: 'x' });
  await expect(reading).rejects.toMatchObject({
    secret: 'unknown',
    message: expect.stringContaining(says),
    cure: expect.not.stringContaining('mistyped'),
  });
});
