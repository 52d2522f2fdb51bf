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
  /** The types of the process, and which of them has Repro Steps. */
  types: Record<string, { reproSteps: boolean }>;
  /** The name of a field by whose rule a work item may not be saved; undefined where it may. */
  rule: (fields: Record<string, string>) => string | undefined;
  /** Fields that answers leave out. */
  hidden: string[];
  /** The newest version of the API that the Server has, e.g. `5.0`, also for repositories. */
  newestVersion: string;
  answer(request: BesideRequest): AnyAnswer | undefined;
}

const STATES = [
  { name: 'New', category: 'Proposed' },
  { name: 'Active', category: 'InProgress' },
  { name: 'Resolved', category: 'Resolved' },
  { name: 'Closed', category: 'Completed' },
  { name: 'Removed', category: 'Removed' },
];

type Operation = { op: string; path: string; value: unknown };

export function createBoards(): Boards {
  const boards: Boards = {
    secrets: new Map(),
    items: [],
    types: { Task: { reproSteps: false }, Bug: { reproSteps: true }, Defect: { reproSteps: true } },
    rule: () => undefined,
    hidden: [],
    newestVersion: '7.2',
    answer({ method, url, headers, body }) {
      if (!url.pathname.includes('/_apis/')) return undefined;
      const outOfRange = refuseVersion(url.searchParams.get('api-version'), boards.newestVersion);
      if (outOfRange) return outOfRange;
      const [, collection, rest = ''] = /^(.*)\/_apis\/wit\/(.*)$/u.exec(url.pathname) ?? [];
      if (collection === undefined) return undefined;
      const right = boards.secrets.get(secretOf(headers.authorization ?? ''));
      if (!right) return refuse(headers['x-tfs-fedauthredirect'] !== undefined);
      if (!collection.endsWith('/acme/shop'))
        return problem(404, 'TF200016: The following project does not exist: shop.');
      const [, typeName = '', states] = /^workitemtypes\/([^/]+)(\/states)?$/u.exec(rest) ?? [];
      const type = boards.types[decodeURIComponent(typeName)];
      if (type && states) return statesOf(url.searchParams.get('api-version') ?? '');
      if (type) return gives(definitionOf(decodeURIComponent(typeName), type));
      if (rest.startsWith('workitemtypes/'))
        return problem(404, 'VS402323: Work item type does not exist in the project shop.');
      const shown = ({ id, rev, fields }: StoredItem) => ({
        id,
        rev,
        fields: Object.fromEntries(Object.entries(fields).filter(([name]) => !boards.hidden.includes(name))),
      });
      if (rest === 'wiql' && method === 'POST') {
        const { query } = body as { query: string };
        const tag = /\[System\.Tags\] CONTAINS '([^']+)'/u.exec(query)?.[1] ?? '';
        const found = boards.items.filter(({ fields }) => tagsOf(fields).includes(tag));
        return gives({ queryType: 'flat', workItems: found.map(({ id }) => ({ id })) });
      }
      if (rest === 'workitems' && method === 'GET') {
        const ids = (url.searchParams.get('ids') ?? '').split(',').map(Number);
        const found = boards.items.filter(({ id }) => ids.includes(id));
        return gives({ count: found.length, value: found.map(shown) });
      }
      if (headers['content-type'] !== 'application/json-patch+json')
        return problem(415, 'The request indicated a Content-Type that is not supported.');
      if (right !== 'write')
        return problem(403, 'TF237111: The current user does not have permissions to save work items.');
      const operations = body as Operation[];
      const [, newType] = /^workitems\/\$(.+)$/u.exec(rest) ?? [];
      if (newType && method === 'POST') {
        const item: StoredItem = {
          id: boards.items.length + 101,
          rev: 0,
          type: decodeURIComponent(newType),
          fields: { 'System.State': 'New', 'System.WorkItemType': decodeURIComponent(newType) },
          history: [],
        };
        const refused = apply(boards, item, operations);
        if (refused) return refused;
        boards.items.push(item);
        return gives(shown(item));
      }
      const [, id] = /^workitems\/(\d+)$/u.exec(rest) ?? [];
      const item = boards.items.find((one) => one.id === Number(id));
      if (!item || method !== 'PATCH') return problem(404, 'TF401232: Work item does not exist.');
      const [test] = operations.filter(({ op }) => op === 'test');
      if (test && test.value !== item.rev)
        return problem(412, 'VS403351: Test Operation for path /rev failed.');
      return apply(boards, item, operations) ?? gives(shown(item));
    },
  };
  return boards;
}

/** @returns why the work item was not saved */
function apply(boards: Boards, item: StoredItem, operations: Operation[]): AnyAnswer | undefined {
  const fields = { ...item.fields };
  const history: string[] = [];
  for (const { op, path, value } of operations) {
    const field = /^\/fields\/(.+)$/u.exec(path)?.[1];
    if (op !== 'add' || !field) continue;
    if (field === 'System.AssignedTo' && !String(value).endsWith('@acme.example'))
      return ruleError('System.AssignedTo', 'InvalidNotEmpty');
    if (field === 'System.History') history.push(String(value));
    else fields[field] = String(value);
  }
  const refused = boards.rule(fields);
  if (refused) return ruleError(refused, 'Required, HasValues, LimitedToValues, InvalidEmpty');
  item.fields = fields;
  item.history.push(...history);
  item.rev += 1;
  return undefined;
}

/** As a `RuleValidationException` is answered. */
function ruleError(field: string, code: string): AnyAnswer {
  const name = (field.split('.').pop() ?? '').replace(/(?<=[a-z])(?=[A-Z])/gu, ' ');
  const message = `TF401320: Rule Error for field ${name}. Error code: ${code}.`;
  const error = { fieldReferenceName: field, fieldStatusFlags: 'required', errorMessage: message };
  return {
    status: 400,
    headers: { 'x-vss-e2eid': 'e2e-1' },
    body: {
      customProperties: { ErrorMessage: message, FieldReferenceName: null, RuleValidationErrors: [error] },
      message,
      typeKey: 'RuleValidationException',
    },
  };
}

/** "The states of a type" are a preview in 5.0. */
function statesOf(version: string): AnyAnswer {
  return version === '5.0'
    ? problem(400, 'The requested version "5.0" of the resource is under preview.')
    : gives({ count: STATES.length, value: STATES });
}

function definitionOf(name: string, { reproSteps }: { reproSteps: boolean }) {
  const names = ['System.Title', 'System.Description', 'System.State', 'System.AssignedTo'];
  const fields = [...names, ...(reproSteps ? ['Microsoft.VSTS.TCM.ReproSteps'] : [])].map(
    (referenceName) => ({ referenceName, name: referenceName, alwaysRequired: false }),
  );
  return { name, referenceName: `Acme.${name}`, isDisabled: false, fields, fieldInstances: fields };
}

function refuseVersion(asked: string | null, newest: string): AnyAnswer | undefined {
  if (Number.parseFloat(asked ?? '') <= Number.parseFloat(newest)) return undefined;
  const message = `The requested REST API version of ${asked} is out of range for this server. The latest REST API version this server supports is ${newest}.`;
  return { status: 400, body: { message, typeKey: 'VssVersionOutOfRangeException' } };
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
