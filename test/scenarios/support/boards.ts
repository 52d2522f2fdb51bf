import type { AnyAnswer, BesideRequest } from '../../../src/sandbox/sandbox.ts';

/** The work items of Azure DevOps, in a project with the Agile process. */

export interface StoredItem {
  id: number;
  rev: number;
  type: string;
  fields: Record<string, string>;
  /** What was put into System.History, one by one. */
  history: string[];
}

export interface Boards {
  /** Secrets and what they may do. */
  secrets: Map<string, 'write' | 'read'>;
  items: StoredItem[];
  answer(request: BesideRequest): AnyAnswer | undefined;
}

const STATES = [
  { name: 'New', category: 'Proposed' },
  { name: 'Active', category: 'InProgress' },
  { name: 'Closed', category: 'Completed' },
  { name: 'Removed', category: 'Removed' },
];

export function createBoards(): Boards {
  const boards: Boards = {
    secrets: new Map(),
    items: [],
    answer({ method, url, headers, body }) {
      const [, collection, rest = ''] = /^(.*)\/_apis\/wit\/(.*)$/u.exec(url.pathname) ?? [];
      if (collection === undefined) return undefined;
      const right = boards.secrets.get(secretOf(headers.authorization ?? ''));
      if (!right) return refuse(headers['x-tfs-fedauthredirect'] !== undefined);
      if (!collection.endsWith('/acme/shop'))
        return problem(404, 'TF200016: The following project does not exist: shop.');
      if (rest === 'workitemtypes/Task/states') return gives({ count: STATES.length, value: STATES });
      if (rest.startsWith('workitemtypes/'))
        return problem(404, 'VS402323: Work item type does not exist in the project shop.');
      if (rest === 'wiql' && method === 'POST') {
        const { query } = body as { query: string };
        const tag = /\[System\.Tags\] CONTAINS '([^']+)'/u.exec(query)?.[1] ?? '';
        const found = boards.items.filter(({ fields }) => tagsOf(fields).includes(tag));
        return gives({ queryType: 'flat', workItems: found.map(({ id }) => ({ id })) });
      }
      if (rest === 'workitems' && method === 'GET') {
        const ids = (url.searchParams.get('ids') ?? '').split(',').map(Number);
        const found = boards.items.filter(({ id }) => ids.includes(id));
        return gives({ count: found.length, value: found.map(view) });
      }
      if (headers['content-type'] !== 'application/json-patch+json')
        return problem(415, 'The request indicated a Content-Type that is not supported.');
      if (right !== 'write')
        return problem(403, 'TF237111: The current user does not have permissions to save work items.');
      const operations = body as { op: string; path: string; value: unknown }[];
      const [, type] = /^workitems\/\$(.+)$/u.exec(rest) ?? [];
      if (type && method === 'POST') {
        const item: StoredItem = {
          id: boards.items.length + 101,
          rev: 0,
          type: decodeURIComponent(type),
          fields: { 'System.State': 'New' },
          history: [],
        };
        const answer = apply(item, operations);
        if (answer.status === 200) boards.items.push(item);
        return answer;
      }
      const [, id] = /^workitems\/(\d+)$/u.exec(rest) ?? [];
      const item = boards.items.find((one) => one.id === Number(id));
      if (!item || method !== 'PATCH') return problem(404, 'TF401232: Work item does not exist.');
      const [test] = operations.filter(({ op }) => op === 'test');
      if (test && test.value !== item.rev)
        return problem(412, 'VS403351: Test Operation for path /rev failed.');
      return apply(item, operations);
    },
  };
  return boards;
}

function apply(item: StoredItem, operations: { op: string; path: string; value: unknown }[]): AnyAnswer {
  for (const { op, path, value } of operations) {
    const field = /^\/fields\/(.+)$/u.exec(path)?.[1];
    if (op !== 'add' || !field) continue;
    if (field === 'System.AssignedTo' && !String(value).endsWith('@acme.example'))
      return problem(400, `TF401320: Rule Error for field Assigned To: the identity is unknown.`);
    if (field === 'System.History') item.history.push(String(value));
    else item.fields[field] = String(value);
  }
  item.rev += 1;
  return gives(view(item));
}

function view({ id, rev, fields }: StoredItem) {
  return { id, rev, fields };
}

function tagsOf(fields: Record<string, string>): string[] {
  return (fields['System.Tags'] ?? '').split(';').map((tag) => tag.trim());
}

function gives(body: unknown): AnyAnswer {
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}

function problem(status: number, message: string): AnyAnswer {
  return { status, headers: { 'x-vss-e2eid': 'e2e-1' }, body: { message, typeKey: 'AnyException' } };
}

function refuse(suppressed: boolean): AnyAnswer {
  return suppressed
    ? { status: 401, headers: { 'x-tfs-serviceerror': 'TF400813%3A%20Not%20authorized.' }, body: '' }
    : { status: 203, headers: { 'content-type': 'text/html' }, body: '<html><title>Sign In</title></html>' };
}

function secretOf(authorization: string): string {
  const [scheme, value = ''] = authorization.split(' ');
  return scheme === 'Basic' ? Buffer.from(value, 'base64').toString().replace(/^:/u, '') : value;
}
