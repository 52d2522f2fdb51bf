import { array, type InferOutput, number, object, record, string, unknown } from 'valibot';
import { Failure } from '../errors.ts';
import type { Http } from '../http/http.ts';
import type { AzureDevOpsSecret } from '../scm/azure-devops.ts';
import {
  notAssigned,
  type Ticket,
  type Tracker,
  type TrackerOptions,
  type WorkItemsOfProject,
} from './tracker.ts';
import { projectAddress, workItemApi } from './work-item-api.ts';
import { WorkItemRefused } from './work-item-refused.ts';
import { workItemTypes } from './work-item-type.ts';

const WorkItem = object({ id: number(), rev: number(), fields: record(string(), unknown()) });
const WorkItems = object({ value: array(WorkItem) });
const Found = object({ workItems: array(object({ id: number() })) });

/** There is one, or a few after a race. */
const MOST = 50;

/**
 * The work items of a project ("Wiql - Query By Wiql", "Work Items - List", "… - Create" and "… - Update").
 *
 * @param type e.g. `Task`; which ones there are is up to the process of the project
 */
export function workItems(
  place: WorkItemsOfProject,
  http: Http,
  secret: AzureDevOpsSecret,
  type: string,
  { assignees, labels, warn }: TrackerOptions,
): Tracker {
  const call = workItemApi(place, http, secret);
  const typeOf = workItemTypes(call);

  async function ticketOf({ id, rev, fields }: InferOutput<typeof WorkItem>): Promise<Ticket> {
    const kind = String(fields['System.WorkItemType'] ?? type);
    const { isOpen, textField } = await typeOf(kind);
    return {
      id,
      revision: rev,
      kind,
      url: `${projectAddress(place)}/_workitems/edit/${id}`,
      open: isOpen(fields['System.State']),
      body: String(fields[textField] ?? ''),
    };
  }

  const field = (name: string, value: string) => ({ op: 'add', path: `/fields/${name}`, value });

  return {
    title: `the work items of ${place.organization}/${place.project}`,
    foundBy: (reference) => `the tag ${reference}`,
    async find(reference) {
      const query = `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS '${reference}' ORDER BY [System.Id]`;
      const looking = { what: 'look for the work item', type, path: 'wiql', reads: true } as const;
      const [{ workItems: found }] = await Promise.all([
        call(Found, { ...looking, method: 'POST', body: { query } }),
        typeOf(type),
      ]);
      const ids = found.slice(0, MOST).map(({ id }) => id);
      if (ids.length === 0) return [];
      const { value } = await call(WorkItems, {
        what: 'read the work item',
        type,
        method: 'GET',
        path: 'workitems',
        query: { ids: ids.join() },
      });
      const missing = ids.filter((id) => !value.some((item) => item.id === id));
      if (missing.length > 0) throw incomplete(missing);
      return Promise.all(value.sort((a, b) => a.id - b.id).map(ticketOf));
    },
    async create(reference, title, body) {
      const { textField } = await typeOf(type);
      const operations = [
        field('System.Title', title),
        field(textField, body.text),
        field('System.Tags', [reference, ...labels].join('; ')),
      ];
      const open = (more: typeof operations) =>
        call(WorkItem, {
          what: 'open a work item',
          type,
          method: 'POST',
          path: `workitems/$${encodeURIComponent(type)}`,
          body: [...operations, ...more],
        });
      const [assignee, ...others] = assignees;
      if (!assignee) return ticketOf(await open([]));
      const made = await open([field('System.AssignedTo', assignee)]).catch(async (error) => {
        // Somebody may have left: just then the ticket is needed.
        if (!isRefusedAsItIs(error)) throw error;
        const unassigned = await open([]);
        warn(notAssigned(error.message));
        return unassigned;
      });
      if (others.length > 0)
        warn(notAssigned(`a work item has one assignee, so ${others.join(', ')} is left out.`));
      return ticketOf(made);
    },
    async revise(ticket, { title, body, open, comment }) {
      const kind = ticket.kind ?? type;
      const states = await typeOf(kind);
      // All in one: whoever comes second meets another revision, and looks again.
      const operations = [
        { op: 'test', path: '/rev', value: ticket.revision },
        ...(title === undefined ? [] : [field('System.Title', title)]),
        ...(body === undefined ? [] : [field(states.textField, body.text)]),
        ...(comment ? [field('System.History', comment.text.text)] : []),
      ];
      const save = (more: typeof operations) =>
        call(WorkItem, {
          what: `update the work item ${ticket.id}`,
          type: kind,
          method: 'PATCH',
          path: `workitems/${ticket.id}`,
          body: [...operations, ...more],
        });
      if (open === undefined || open === ticket.open) return ticketOf(await save([]));
      const state = field('System.State', open ? states.open : states.closed);
      try {
        const saved = await ticketOf(await save([state]));
        return { ...saved, open: saved.open ?? open };
      } catch (error) {
        if (!isRefusedAsItIs(error)) throw error;
        const saved = await ticketOf(await save([]));
        warn(
          `The work item ${ticket.url} was updated, but it could not be ${open ? 'reopened' : 'closed'}. ${error.message} ${error.cure} Then ${open ? 'reopen' : 'close'} it by hand.`,
        );
        return saved;
      }
    },
  };
}

/** Whether something in the request is refused, a rule or a value: less of it may be accepted. */
function isRefusedAsItIs(error: unknown): error is WorkItemRefused {
  return error instanceof WorkItemRefused && error.status === 400 && !error.conflict;
}

function incomplete(missing: number[]): Failure {
  return new Failure(
    `Azure DevOps found the work items ${missing.join(', ')}, but did not return them.`,
    'Run the step again.',
  );
}
