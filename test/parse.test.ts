import fc from 'fast-check';
import { Failure } from '../src/errors.ts';
import { type Inputs, parseInputs } from '../src/inputs/parse.ts';
import { INPUTS } from '../src/inputs/table.ts';

const NAME = /^[0-9a-z.-]{1,120}$/u;

/** What swallows the path that is put after it, or is swallowed itself. */
const ENDINGS = ['?', '/?', '#', '/#', '?#', '/x?', '?x=1', '#x'];

async function parsed(given: Record<string, string>): Promise<Inputs | Failure> {
  try {
    return await parseInputs((name) => given[name] ?? '');
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

test('whatever the inputs are, they are refused in words or keep every rule', async () => {
  const value = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.integer().map(String),
    fc.double().map(String),
    fc.webUrl({ withQueryParameters: true }),
    fc.json(),
    fc.constantFrom(
      'true',
      'no',
      '1',
      'plan',
      'auto',
      'eu',
      'github',
      'a-name',
      'kpat_12345678',
      'http://127.0.0.1:1/v1/',
    ),
  );
  const names = fc.constantFrom(...INPUTS.map(({ name }) => name as string));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, value), async (given) => {
      const inputs = await parsed({ 'catalog-token': 'kpat_12345678', ...given });
      if (inputs instanceof Failure) {
        expect(inputs.message).toMatch(/^The inputs cannot be used:\n- /u);
        return;
      }
      for (const name of [inputs.serviceName, inputs.integrationName])
        if (name !== undefined) expect(name).toMatch(NAME);
      expect(inputs.catalogUrl).toMatch(/^https:\/\/|^http:\/\/(?:127\.|localhost|\[::1\])/u);
      expect(inputs.catalogUrl).not.toMatch(/[?#@]|\/$|\/v1$/u);
      expect(inputs.timeout).toBeGreaterThanOrEqual(60_000);
      expect(inputs.timeout).toBeLessThanOrEqual(86_400_000);
      expect(inputs.waitTimeout).toBeGreaterThanOrEqual(0);
      expect(inputs.serviceDescription?.length ?? 0).toBeLessThanOrEqual(2048);
      expect(inputs.catalogToken).toMatch(/^[\x21-\x7e]+$/u);
    }),
    // Some of what it may find shows up once in many runs: it is the same each time, with the kinds that were found.
    {
      numRuns: 500,
      seed: 20_261_125,
      examples: ENDINGS.map((ending): [Record<string, string>] => [
        { 'catalog-url': `https://a.example${ending}` },
      ]),
    },
  );
});

describe.each(['catalog-url', 'azure-devops-url'])('%s', (name) => {
  test.each([
    ...ENDINGS.map((ending) => `https://a.example${ending}`),
    'https://',
    'https:a.example',
    'https:/a.example',
    'https:///a.example',
    'https:\\\\a.example',
    'https://a.example\\x',
    'https://user@a.example',
    'https://user:password@a.example',
    'https://:password@a.example',
    'https://@a.example',
    'https://a.example/a b',
    'https://a.exa\tmple',
    'https://a.exa\nmple/x',
    'https://a.example/\u0000',
    'https://a.example\u200b',
    'https://a.example\u202e/x',
    'http://a.example',
    'ftp://a.example',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'a.example',
    '//a.example',
    'https://a.example:99999',
  ])('%j is refused', async (url) => {
    const refused = await parsed({ 'catalog-token': 'kpat_12345678', [name]: url });
    expect(refused).toBeInstanceOf(Failure);
    expect((refused as Failure).message).toContain(`- ${name} must be an https URL`);
    expect((refused as Failure).message).not.toContain('password');
  });

  test.each([
    ['https://a.example/', 'https://a.example'],
    ['HTTPS://A.Example:443/x//', 'https://a.example/x'],
    ['  https://a.example:8443/tfs \n', 'https://a.example:8443/tfs'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['http://[::1]:4010/', 'http://[::1]:4010'],
  ])('%j is taken', async (url, value) => {
    const inputs = (await parsed({ 'catalog-token': 'kpat_12345678', [name]: url })) as Inputs;
    expect(name === 'catalog-url' ? inputs.catalogUrl : inputs.azureDevOpsUrl).toBe(value);
  });
});

describe('the organization and the URL of Azure DevOps', () => {
  const place = async (organization: string, url = '') => {
    const given = { 'azure-devops-organization': organization, 'azure-devops-url': url };
    const inputs = await parsed({ 'catalog-token': 'kpat_12345678', ...given });
    return inputs instanceof Failure
      ? inputs.message
      : [inputs.azureDevOpsOrganization, inputs.azureDevOpsUrl];
  };
  const CLOUD = 'https://dev.azure.com';

  test.each([
    ['acme', '', ['acme', undefined]],
    ['https://dev.azure.com/acme/', '', ['acme', CLOUD]],
    ['acme.visualstudio.com', '', ['acme', CLOUD]],
    ['https://tfs.example.com/tfs/Main/', '', ['Main', 'https://tfs.example.com/tfs']],
    ['https://dev.azure.com/acme', 'http://127.0.0.1:4010', ['acme', 'http://127.0.0.1:4010']],
    ['', 'https://dev.azure.com/acme/', ['acme', CLOUD]],
    ['', 'https://acme.visualstudio.com', ['acme', CLOUD]],
    ['umbrella', 'https://acme.visualstudio.com', ['umbrella', CLOUD]],
    ['', 'https://dev.azure.com', [undefined, CLOUD]],
    ['', 'https://tfs.example.com/tfs', [undefined, 'https://tfs.example.com/tfs']],
  ])('%s, %s', async (organization, url, expected) =>
    expect(await place(organization, url)).toEqual(expected),
  );

  test.each(['acme/shop', 'https://dev.azure.com', '?', 'https://ci:s3cr3t@dev.azure.com'])(
    '%s is no organization',
    async (organization) => {
      const message = await place(organization);
      expect(message).toContain('- azure-devops-organization must be the name of an organization');
      expect(message).not.toContain('s3cr3t');
    },
  );
});

test('secrets in the place of one another are refused by name', async () => {
  const given = { 'catalog-token': 'glpat-x', 'azure-devops-pat': 'a.job.token' };
  const refused = parseInputs((name) => (given as Record<string, string>)[name] ?? '', 'a.job.token');
  await expect(refused).rejects.toThrow(
    /- azure-devops-pat is the job's own token.*\n- catalog-token is a token of GitLab/u,
  );
});
