import { OUTPUTS } from '../../../src/inputs/table.ts';
import { type HostName, type RunOptions, type RunResult, runStep } from './runners.ts';
import { secretsIn } from './secrets.ts';
import { ORGANIZATION, SHOP, type World } from './world.ts';

export const REPOSITORY = `${ORGANIZATION}/${SHOP.project}/${SHOP.name}`;

/** Runs a step, and checks what must hold of every run whatever happens. */
export async function run(host: HostName, world: World, options?: RunOptions): Promise<RunResult> {
  const result = await runStep(host, world, options);
  expect(result.stderr).toBe('');
  expect(result.strayCommands).toEqual([]);
  expect(secretsIn(result.everything, world)).toEqual([]);
  // What a server answers may be what the scenario wants.
  const sent = world.exchanges.map(({ answer: _, ...request }) => request);
  expect(secretsIn(JSON.stringify(sent), world)).toEqual([]);
  expect(result.exitCode).toBe(result.succeeded || host === 'azure' ? 0 : 1);
  expect(result.errors).toHaveLength(result.succeeded && !options?.flagged ? 0 : 1);
  expect(result.everything).not.toMatch(/^\s+at .+:\d+:\d+\)?$/mu);
  expect(Object.keys(result.outputs).sort()).toEqual(OUTPUTS.map(({ name }) => name).sort());
  for (const { headers } of world.exchanges)
    expect(headers['user-agent']).toMatch(/^catalog-connect\/\d+\.\d+\.\d+ \(\w+\)$/u);
  return result;
}

/** Runs a step that is to succeed; shows why where it did not. */
export async function succeed(host: HostName, world: World, options?: RunOptions): Promise<RunResult> {
  const result = await run(host, world, options);
  if (!options?.flagged) expect(result.errors).toEqual([]);
  expect(result.succeeded).toBe(true);
  return result;
}

/** Runs a step that is to fail, and gives the one message that people read. */
export async function fail(
  host: HostName,
  world: World,
  options?: RunOptions,
): Promise<RunResult & { error: string }> {
  const result = await run(host, world, options);
  expect(result.succeeded).toBe(false);
  return { ...result, error: result.errors[0] ?? '' };
}
