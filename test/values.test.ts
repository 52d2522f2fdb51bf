import fc from 'fast-check';
import { parseBoolean, parseCustomFields, parseLabels } from '../src/inputs/values.ts';

async function labels(text: string) {
  const problems: string[] = [];
  return { value: await parseLabels(text, (problem) => problems.push(problem)), problems };
}
async function fields(text: string) {
  const problems: string[] = [];
  return { value: await parseCustomFields(text, (problem) => problems.push(problem)), problems };
}

test.each([
  ['a=1\nb=2', { a: '1', b: '2' }],
  ['  a = 1 \r\n\n# why\nb=x.y_z-0', { a: '1', b: 'x.y_z-0' }],
  ['a: 1\nb: yes', { a: '1', b: 'yes' }],
  [
    'version: 1.10\nzip: 007\nlong: 12345678901234567890',
    { version: '1.10', zip: '007', long: '12345678901234567890' },
  ],
  ['{"a": "1", "b": true}', { a: '1', b: 'true' }],
])('labels: %j', async (text, value) => expect(await labels(text)).toEqual({ value, problems: [] }));

test.each([
  ['a=', 'value ""'],
  ['a=b=c', 'value "b=c"'],
  ['a=-x', 'value "-x"'],
  ['mesh.a=1', 'label key "mesh.a"'],
  ['a b=1', 'neither YAML nor JSON|must be a map'],
  ['__proto__=1', 'label key "__proto__"'],
  ['a=1\na=2', 'names the label "a" twice'],
  ['a: [1]', 'for the label "a"'],
  [`a=${'x'.repeat(64)}`, 'for the label "a"'],
  ['a: 1\na: 2', 'neither YAML nor JSON'],
])('labels: %j is refused', async (text, message) =>
  expect((await labels(text)).problems.join('\n')).toMatch(new RegExp(message, 'u')),
);

test('custom fields of every kind', async () => {
  const text =
    'owner: Jane\ncost_center: null\ndashboard:\n  name: Board\n  link: https://example.com/b\nteam_size: 7\non_call: true';
  expect(await fields(text)).toEqual({
    value: {
      owner: 'Jane',
      cost_center: null,
      dashboard: { name: 'Board', link: 'https://example.com/b' },
      team_size: 7,
      on_call: true,
    },
    problems: [],
  });
});

test.each([
  ['owner: 7', 'needs text for owner'],
  ['dashboard: https://example.com', 'needs a map of name and link for dashboard'],
  ['dashboard: {name: x}', 'needs a map of name and link'],
  ['dashboard: {name: x, link: not a url}', 'needs a map of name and link'],
  ['dashboard: {name: x, link: "https://example.com", more: 1}', 'needs a map of name and link'],
  ['other: {a: {b: 1}}', 'needs a map of name and link for other'],
  ['__proto__: {a: 1}', 'which is not a custom field'],
  ['a: &x [1, 2]\nb: *x', 'neither YAML nor JSON'],
  ['a: *nobody', 'neither YAML nor JSON'],
  ['a: &x {b: *x}', 'neither YAML nor JSON'],
  ['other: .nan', 'has NaN for other'],
  ['other: -.INF', 'has -Infinity for other'],
  ['[1]', 'must be a map'],
])('custom fields: %j is refused', async (text, message) =>
  expect((await fields(text)).problems.join('\n')).toContain(message),
);

test("whatever is given, it is read or refused, and what is accepted keeps Konnect's rules", async () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .array(fc.tuple(fc.string(), fc.string()).map((pair) => pair.join('=')))
      .map((lines) => lines.join('\n')),
  );
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      const { value, problems } = await labels(text);
      await fields(text);
      if (problems.length > 0) return;
      for (const [key, one] of Object.entries(value)) {
        expect(key).toMatch(/^(?!kong|konnect|mesh|kic|_)[\w.-]{1,63}$/u);
        expect(one).toMatch(/^[a-z0-9A-Z]{1}([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$/u);
      }
    }),
  );
});

test.each([
  ['true', true],
  ['Yes', true],
  ['1', true],
  ['FALSE', false],
  ['off', false],
  ['0', false],
  ['', undefined],
  ['2', undefined],
])('boolean: %s', (text, value) => expect(parseBoolean(text)).toBe(value));
