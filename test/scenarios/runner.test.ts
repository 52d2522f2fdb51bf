import { run } from './support/check.ts';
import { runStep } from './support/runners.ts';
import { createWorld, type World } from './support/world.ts';

/** Runners that do not let the step write, or do not listen to it: the work is done all the same. */

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const FIRST_RUN = [
  'POST /integration-instances',
  'POST /integration-instances/:id/auth-credential',
  'PATCH /integration-instances/:id',
  'POST /catalog-services',
  'POST /resource-mappings',
];

test.each(['/no/such/folder/output', '/'])('GITHUB_OUTPUT is %s', async (file) => {
  const result = await runStep('github', world, { environment: { GITHUB_OUTPUT: file } });
  expect(world.writes()).toEqual(FIRST_RUN);
  expect(result.exitCode).toBe(1);
  expect(result.errors).toEqual([
    expect.stringMatching(
      /^The outputs cannot be written to the file of GITHUB_OUTPUT \(.*\): .+\.\n.*user who can/u,
    ),
  ]);
  expect(result.log).toContain('mapping      created');
  expect(result.summary).toContain('mapping');
});

test('a failure of the run itself is told beside that of the outputs', async () => {
  const result = await runStep('github', world, {
    inputs: { 'azure-devops-pat': world.expiredPat },
    environment: { GITHUB_OUTPUT: '/' },
  });
  expect(result.errors).toEqual([
    expect.stringContaining('expired'),
    expect.stringContaining('GITHUB_OUTPUT'),
  ]);
});

test.each([
  ['github', { GITHUB_STEP_SUMMARY: '/no/such/folder/summary' }, 'GITHUB_STEP_SUMMARY'],
  ['github', { GITHUB_STEP_SUMMARY: '/' }, 'GITHUB_STEP_SUMMARY'],
  ['azure', { AGENT_TEMPDIRECTORY: '/no/such/folder' }, 'Agent.TempDirectory'],
] as const)('on %s, a summary that cannot be written is a warning: %o', async (host, environment, name) => {
  const { succeeded, warnings } = await run(host, world, { environment });
  expect(succeeded).toBe(true);
  expect(world.writes()).toEqual(FIRST_RUN);
  expect(warnings).toEqual([expect.stringContaining(`The job summary cannot be written to the`)]);
  expect(warnings[0]).toContain(name);
});

describe.each(['github', 'azure', 'local'] as const)('on %s', (host) => {
  test.each(['from its start', 'after its first line'])('nobody reads what it says, %s', async (when) => {
    const result = await runStep(host, world, {
      onStart({ stdout }) {
        if (when === 'from its start') stdout?.destroy();
        else stdout?.once('data', () => stdout.destroy());
      },
    });
    expect(world.writes()).toEqual(FIRST_RUN);
    expect(result.stderr).toBe('');
    if (host === 'github') expect(result.outputs['mapping-operation']).toBe('created');
  });
});
