import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { Case, Dimension } from './dimension.ts';
import { countRequests, STORIES } from './stories.ts';
import { tryOne } from './troubles.ts';

/** What a catalog may do that the contract leaves open. */
const HABITS: [string, SandboxOptions][] = [
  ['pages of 50 at most', { largestPage: 50 }],
  ['pages of 7 at most', { largestPage: 7 }],
  ['custom fields that a PATCH replaces', { customFields: 'replaced' }],
  ['resources described by IDs', { style: 'ids' }],
];

/** Every habit in every story: with no trouble, and with the answer to each request lost. */
export const habits: Dimension = {
  name: 'habits',
  async cases() {
    const cases: Case[] = [];
    for (const story of STORIES) {
      const requests = await countRequests(story);
      for (const [habit, options] of HABITS)
        for (let position = 0; position <= requests; position++)
          cases.push({
            name: `${story.name}, ${habit}, the answer to request ${position} lost`,
            run: () => tryOne(story, { name: habit, fault: 'reset after' }, position, options),
          });
    }
    return cases;
  },
};
