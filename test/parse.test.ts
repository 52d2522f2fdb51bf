import fc from 'fast-check';
import { Failure } from '../src/errors.ts';
import { type Inputs, parseInputs } from '../src/inputs/parse.ts';
import { INPUTS } from '../src/inputs/table.ts';

const NAME = /^[0-9a-z.-]{1,120}$/u;

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
      'kpat_x',
      'http://127.0.0.1:1/v1/',
    ),
  );
  const names = fc.constantFrom(...INPUTS.map(({ name }) => name as string));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, value), async (given) => {
      const inputs = await parsed({ 'catalog-token': 'kpat_x', ...given });
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
    { numRuns: 500 },
  );
});
