import type { InputName } from '../../src/inputs/table.ts';
import type { Repository } from '../../src/repository.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { seedIntegration, seedMapping, seedService, shopResource } from '../scenarios/support/seeds.ts';
import { createWorld, SHOP, type World } from '../scenarios/support/world.ts';
import { virtualClock } from './clocks.ts';
import { runCore } from './run.ts';

/** A run that is tried with every trouble at every request. */
export interface Story {
  name: string;
  build(options: SandboxOptions): Promise<World>;
  inputs(world: World): Partial<Record<InputName, string>>;
}

export const REPOSITORY: Repository = { provider: 'azure-devops', ...SHOP, host: '' };

const declared = (world: World, pat = world.pat) => ({
  'catalog-token': world.token,
  'catalog-url': world.url,
  'azure-devops-url': world.azureDevOpsUrl,
  'azure-devops-pat': pat,
  'service-description': 'Takes the money',
  'service-labels': 'tier=gold',
});

/** Connected by an earlier run, with what people set by hand. */
async function connected(options: SandboxOptions): Promise<World> {
  const world = await createWorld(options);
  const { instance } = seedIntegration(world);
  instance.labels.team = 'platform';
  const service = seedService(world, {
    description: 'Takes the money',
    labels: { tier: 'gold', reviewed: 'yes' },
    custom_fields: { cost_center: '4711' },
  });
  seedMapping(world, service, shopResource(world));
  return world;
}

export const STORIES: Story[] = [
  {
    name: 'a first run',
    build: (options) => createWorld({ ...options, discoveryDelay: 3_000 }),
    inputs: (world) => declared(world),
  },
  { name: 'a rotation', build: connected, inputs: (world) => declared(world, world.secondPat) },
  { name: 'a run with nothing to do', build: connected, inputs: (world) => declared(world) },
  {
    name: 'a drift',
    build: connected,
    inputs: (world) => ({
      ...declared(world),
      'service-labels': 'tier=silver',
      'service-custom-fields': '{owner: Jane}',
    }),
  },
];

/** How many requests a story makes when nothing goes wrong. @throws when it fails all the same */
export async function countRequests(story: Story): Promise<number> {
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  const { succeeded, said } = await runCore({ inputs: story.inputs(world), repository: REPOSITORY, clock });
  await world.close();
  if (!succeeded) throw new Error(`${story.name} fails without any trouble: ${said}`);
  return world.exchanges.length;
}
