import { dayOf, daysAfter } from '../../../src/dates.ts';
import type { HostName, RunOptions } from './runners.ts';
import type { World } from './world.ts';

export const inDays = (days: number) => daysAfter(dayOf(Date.now()), days);

/** A reminder with a ticket, in a pipeline of the organization, on a server of one's own at the address of the world. */
export function reminder(host: HostName, world: World, inputs: Record<string, string> = {}): RunOptions {
  return {
    inputs: {
      command: 'remind',
      repository: '',
      'azure-devops-organization': 'acme',
      'azure-devops-pat': '',
      ticket: 'true',
      ...inputs,
    },
    environment: host === 'azure' ? { SYSTEM_COLLECTIONURI: `${world.azureDevOpsUrl}/acme/` } : {},
  };
}

/** The tickets of either host, in the same words. */
export function ticketsOf(host: HostName, world: World) {
  return host === 'github'
    ? world.github.issues.map(({ title, body, state, comments, labels, assignees }) => ({
        title,
        body,
        open: state === 'open',
        comments: comments.map((comment) => comment.body),
        labels,
        assignees: assignees.join(),
      }))
    : world.boards.items.map(({ fields, history }) => ({
        title: fields['System.Title'] ?? '',
        body: fields['System.Description'] ?? '',
        open: fields['System.State'] === 'New',
        comments: history,
        labels: (fields['System.Tags'] ?? '').split('; '),
        assignees: fields['System.AssignedTo'] ?? '',
      }));
}
