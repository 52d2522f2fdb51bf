import type { Repository } from '../../src/repository.ts';
import { seedIntegration } from '../scenarios/support/seeds.ts';
import { createWorld, ORGANIZATION, type World } from '../scenarios/support/world.ts';
import { fastClock, randomOf } from './clocks.ts';
import { type CoreRun, runCore } from './run.ts';
import { REPOSITORY } from './stories.ts';

/** Many runs at once, with 0 to 50 ms of jitter at each request; on a faster clock, which makes that a quarter second. */
export interface Race {
  runs: number;
  /** All of one repository, or each of its own. */
  of: 'one repository' | 'as many repositories';
  during: 'a first run' | 'a rotation';
  /** One request in thirty takes up to 15 s by that clock: a run that is slow is not taken for a dead one. */
  slow?: boolean;
}

export const RACES: Race[] = (['a first run', 'a rotation'] as const).flatMap((during) => [
  ...[2, 8, 32].map((runs): Race => ({ runs, of: 'one repository', during })),
  { runs: 32, of: 'as many repositories', during },
  { runs: 8, of: 'one repository', during, slow: true },
]);

const FASTER = 5;

/** @returns what is wrong afterwards */
export async function race({ runs, of, during, slow = false }: Race, seed: number): Promise<string[]> {
  const random = randomOf(seed);
  const latency = () => (slow && random() < 1 / 30 ? random() * (15_000 / FASTER) : random() * 50);
  const world = await createWorld({ latency });
  try {
    const repositories = Array.from({ length: runs }, (_, index) =>
      of === 'one repository' ? REPOSITORY : another(world, index),
    );
    if (during === 'a rotation') seedIntegration(world);
    const results = await Promise.all(
      repositories.map((repository) =>
        runCore({
          repository,
          clock: fastClock(FASTER),
          inputs: {
            'catalog-token': world.token,
            'catalog-url': world.url,
            'azure-devops-url': world.azureDevOpsUrl,
            'azure-devops-pat': during === 'a rotation' ? world.secondPat : world.pat,
          },
        }),
      ),
    );
    return judge(world, results, of === 'one repository' ? 1 : runs, during);
  } finally {
    await world.close();
  }
}

function another(world: World, index: number): Repository {
  const repository = {
    organization: ORGANIZATION,
    project: 'shop',
    projectId: 'shop-id',
    name: `service-${index}`,
    id: `0d1f2a3b-0000-4000-8000-${String(index).padStart(12, '0')}`,
  };
  world.state.repositories['azure-devops'].push(repository);
  return { provider: 'azure-devops', ...repository, host: '' };
}

function judge(world: World, results: CoreRun[], services: number, during: Race['during']): string[] {
  const { state } = world;
  const problems = results.filter(({ succeeded }) => !succeeded).map(({ said }) => `a run failed: ${said}`);
  const counts = [state.instances, state.credentials, state.services, state.mappings]
    .map(({ length }) => length)
    .join();
  if (counts !== `1,1,${services},${services}`)
    problems.push(`there are ${counts} instances, credentials, services and mappings`);
  const different = (name: string) => new Set(results.map(({ outputs }) => outputs[name])).size;
  for (const name of ['integration-id', 'credential-id'])
    if (different(name) !== 1) problems.push(`${different(name)} different outputs ${name}`);
  for (const name of ['service-id', 'resource-id', 'mapping-id'])
    if (different(name) !== services) problems.push(`${different(name)} different outputs ${name}`);
  // One that looks while another replaces finds none, and may be the one that stores it.
  const stored = results.filter(({ outputs }) =>
    ['replaced', 'created'].includes(outputs['credential-operation'] ?? ''),
  ).length;
  if (during === 'a rotation' && stored !== 1) problems.push(`${stored} runs stored the credential`);
  if (state.credentials[0]?.key !== (during === 'a rotation' ? world.secondPat : world.pat))
    problems.push('the credential is made from another PAT');
  return problems;
}
