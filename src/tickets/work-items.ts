import {
  array,
  type GenericSchema,
  type InferOutput,
  number,
  object,
  record,
  safeParse,
  string,
  unknown,
} from 'valibot';
import { Failure } from '../errors.ts';
import { isConfidential } from '../http/address.ts';
import type { Http, HttpRequest } from '../http/http.ts';
import { parseJson } from '../http/json.ts';
import { type AzureDevOpsSecret, azureDevOpsHeaders } from '../scm/azure-devops.ts';
import type { NewTicket, Ticket, Tracker, WorkItemsOfProject } from './tracker.ts';
import { WorkItemRefused } from './work-item-refused.ts';

const WorkItem = object({ id: number(), rev: number(), fields: record(string(), unknown()) });
const WorkItems = object({ value: array(WorkItem) });
const Found = object({ workItems: array(object({ id: number() })) });
const States = object({ value: array(object({ name: string(), category: string() })) });

/** Of the states that a work item type has: its process names them as it likes. */
interface StateNames {
  open: string;
  closed: string;
  areClosed: string[];
}

/**
 * The work items of a project ("Wiql - Query By Wiql", "Work Items - Create", "Work Items - Update" and "Work Item Type
 * States - List", api-version 7.1).
 *
 * @param type e.g. `Task`; which ones there are is up to the process of the project
 */
export function workItems(
  place: WorkItemsOfProject,
  http: Http,
  secret: AzureDevOpsSecret,
  type: string,
  { assignees, labels, unassigned }: NewTicket,
): Tracker {
  const project = [place.url, ...[place.organization, place.project].map(encodeURIComponent)].join('/');
  const names = new Map<string, Promise<StateNames>>();
  const statesOf = (kind: string) => {
    const known = names.get(kind) ?? readStates(kind);
    names.set(kind, known);
    return known;
  };

  async function call<S extends GenericSchema>(
    what: string,
    schema: S,
    path: string,
    request: Omit<HttpRequest, 'url' | 'headers'> & { headers?: Record<string, string> },
  ): Promise<InferOutput<S>> {
    if (!isConfidential(place.url))
      throw new Failure(
        `The token would be sent to ${place.url} in clear, to ${what}.`,
        'Use the https URL of the server.',
      );
    const url = new URL(`${project}/_apis/wit/${path}${path.includes('?') ? '&' : '?'}api-version=7.1`);
    const headers = { ...azureDevOpsHeaders(secret), ...request.headers };
    const response = await http.send({ ...request, url, headers });
    const parsed = response.status === 200 ? safeParse(schema, parseJson(response.text)) : undefined;
    if (!parsed?.success) throw new WorkItemRefused(what, request, url, response, type);
    return parsed.output;
  }

  async function readStates(kind: string): Promise<StateNames> {
    const path = `workitemtypes/${encodeURIComponent(kind)}/states`;
    const { value } = await call('read the states of its type', States, path, { method: 'GET' });
    const of = (...categories: string[]) =>
      categories.flatMap((category) => value.filter((state) => state.category === category));
    const [open] = of('Proposed', 'InProgress');
    const [closed] = of('Completed', 'Removed');
    if (!open || !closed)
      throw new Failure(
        `The work item type "${kind}" has no state that is open, or none that is closed.`,
        'Set work-item-type to another type.',
      );
    return {
      open: open.name,
      closed: closed.name,
      areClosed: of('Completed', 'Removed').map(({ name }) => name),
    };
  }

  async function ticketOf({ id, rev, fields }: InferOutput<typeof WorkItem>): Promise<Ticket> {
    const kind = String(fields['System.WorkItemType'] ?? type);
    const { areClosed } = await statesOf(kind);
    return {
      id,
      revision: rev,
      kind,
      url: `${project}/_workitems/edit/${id}`,
      open: !areClosed.includes(String(fields['System.State'])),
      body: String(fields['System.Description'] ?? ''),
    };
  }

  const patch = { 'content-type': 'application/json-patch+json' };
  const field = (name: string, value: string) => ({ op: 'add', path: `/fields/System.${name}`, value });

  return {
    title: `the work items of ${place.organization}/${place.project}`,
    foundBy: (reference) => `the tag ${reference}`,
    async find(reference) {
      const query = `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS '${reference}' ORDER BY [System.Id]`;
      const [found] = await Promise.all([
        call('look for the work item', Found, 'wiql', { method: 'POST', body: { query }, reads: true }),
        statesOf(type),
      ]);
      if (found.workItems.length === 0) return [];
      const ids = found.workItems.slice(0, MOST).map(({ id }) => id);
      const { value } = await call(
        'read the work item',
        WorkItems,
        `workitems?ids=${ids.join()}&fields=System.State,System.Description,System.WorkItemType`,
        { method: 'GET' },
      );
      return Promise.all(value.sort((a, b) => a.id - b.id).map(ticketOf));
    },
    async create(reference, title, body) {
      const operations = [
        field('Title', title),
        field('Description', body.text),
        field('Tags', [reference, ...labels].join('; ')),
      ];
      const [assignee, ...others] = assignees;
      if (others.length > 0) unassigned(`a work item has one assignee, so ${others.join(', ')} is left out.`);
      const open = (more: typeof operations) =>
        call('open a work item', WorkItem, `workitems/$${encodeURIComponent(type)}`, {
          method: 'POST',
          body: [...operations, ...more],
          headers: patch,
        });
      const made = await open(assignee ? [field('AssignedTo', assignee)] : []).catch((error) => {
        // Somebody may have left: just then the ticket is needed.
        if (!assignee || !(error instanceof WorkItemRefused) || error.status !== 400) throw error;
        unassigned(error.message);
        return open([]);
      });
      return ticketOf(made);
    },
    async revise(ticket, { title, body, open, comment }) {
      const states = await statesOf(ticket.kind ?? type);
      // All in one: whoever comes second meets another revision, and looks again.
      const operations = [
        { op: 'test', path: '/rev', value: ticket.revision },
        ...(title === undefined ? [] : [field('Title', title)]),
        ...(body === undefined ? [] : [field('Description', body.text)]),
        ...(open === undefined || open === ticket.open
          ? []
          : [field('State', open ? states.open : states.closed)]),
        ...(comment ? [field('History', comment.text.text)] : []),
      ];
      const request = { method: 'PATCH', body: operations, headers: patch } as const;
      return ticketOf(
        await call(`update the work item ${ticket.id}`, WorkItem, `workitems/${ticket.id}`, request),
      );
    },
  };
}

/** There is one, or a few after a race. */
const MOST = 50;
