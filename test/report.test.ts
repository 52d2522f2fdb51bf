import { createReport } from '../src/commands/report.ts';
import type { Host } from '../src/hosts/host.ts';
import { OUTPUTS } from '../src/inputs/table.ts';

function recorder() {
  const outputs: [string, string][] = [];
  const summaries: string[] = [];
  const host = {
    output: (name: string, value: string) => outputs.push([name, value]),
    summary: (text: string) => summaries.push(text),
    info() {},
    warning() {},
  } as unknown as Host;
  return { host, outputs, summaries };
}

test('every output is written once, also when nothing was done', () => {
  const { host, outputs } = recorder();
  const report = createReport(host, false);
  report.outcome({ thing: 'service', operation: 'unchanged', name: 'a', id: '1', reasons: [] });
  report.outcome({ thing: 'service', operation: 'updated', name: 'a', id: '2', reasons: [] });
  report.finish();
  expect(outputs.map(([name]) => name).sort()).toEqual(OUTPUTS.map(({ name }) => name).sort());
  expect(Object.fromEntries(outputs)).toMatchObject({
    'service-id': '1',
    'service-operation': 'unchanged',
    'mapping-operation': 'skipped',
  });
});

test('a summary stays below what a runner takes', () => {
  const { host, summaries } = recorder();
  const report = createReport(host, true);
  for (let count = 0; count < 500; count++) report.warning(`${'/'.repeat(1_000)}\n`.repeat(5));
  report.finish('The end.');
  expect(Buffer.byteLength(summaries[0] ?? '')).toBeLessThan(1024 * 1024);
  expect(summaries[0]).toMatch(/\n\nThe rest is in the log\.$/u);
});
