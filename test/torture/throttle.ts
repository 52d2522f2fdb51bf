import { virtualClock } from './clocks.ts';
import { runCore } from './run.ts';
import { REPOSITORY, STORIES } from './stories.ts';

/** What a run makes of a catalog that takes 60 requests a minute, and has few of them left. */
export interface Throttled {
  succeeded: boolean;
  requests: number;
  refused: number;
}

export async function throttled(): Promise<Throttled[]> {
  const results: Throttled[] = [];
  for (const story of STORIES) {
    const clock = virtualClock();
    const world = await story.build({ now: clock.now });
    const result: Throttled = { succeeded: false, requests: 0, refused: 0 };
    let tokens = 2;
    let filled = clock.now();
    world.fault = ({ path }) => {
      if (!path.startsWith('/v1/')) return undefined;
      result.requests += 1;
      tokens = Math.min(60, tokens + (clock.now() - filled) / 1_000);
      filled = clock.now();
      if (tokens >= 1) {
        tokens -= 1;
        return undefined;
      }
      result.refused += 1;
      return { answer: { status: 429, headers: { 'retry-after': '2' } } };
    };
    result.succeeded = (
      await runCore({ inputs: story.inputs(world), repository: REPOSITORY, clock })
    ).succeeded;
    results.push(result);
    await world.close();
  }
  return results;
}
