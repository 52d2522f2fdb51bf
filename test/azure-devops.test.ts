import fc from 'fast-check';
import type { Http } from '../src/http/http.ts';
import { parseRepository } from '../src/repository.ts';
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
      expect(url?.search).toBe('?api-version=7.1');
      expect(url?.hash).toBe('');
      if (target.host === 'https://dev.azure.com')
        expect(url?.pathname).toMatch(/^\/[^/]+\/[^/]+\/_apis\/git\/repositories\/[^/]+$/u);
    }),
  );
});
