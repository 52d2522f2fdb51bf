import { ProblemAnswer } from '../problem.ts';
import type { State } from '../state.ts';

/** What a route gets: its path's parameters, the query and the parsed body. */
export interface Call {
  parameters: string[];
  query: URLSearchParams;
  body: unknown;
}

export interface Answer {
  status: number;
  body?: unknown;
}

/** Operations of Konnect's Service Catalog API, as `METHOD /path`. */
export type Routes = Record<string, (state: State, call: Call) => Answer>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const gone: Answer = { status: 204 };

export const SERVICE_FIELDS = ['id', 'name', 'display_name', 'custom_fields', 'labels'];
export const RESOURCE_FIELDS = [
  'id',
  'name',
  'integration.name',
  'integration.instance.id',
  'integration.instance.name',
  'type',
  'config',
  'archived',
];

/** @throws {ProblemAnswer} 409 */
export function refuseTaken(records: { name: string }[], name: string): void {
  if (records.some((record) => record.name === name))
    throw new ProblemAnswer(409, `Key (org_id, name)=(${name}) already exists.`);
}

/** Labels and custom fields merge; null removes a key. */
export function merged<T>(
  old: Record<string, T>,
  update: Record<string, T | null> | null | undefined,
): Record<string, T> {
  const entries = Object.entries({ ...old, ...update }).filter(
    (entry): entry is [string, T] => entry[1] !== null,
  );
  return Object.fromEntries(entries);
}

/** @throws {ProblemAnswer} 404 */
export function found<T extends { id: string }>(records: T[], id: string | undefined): T {
  const record = records.find((one) => one.id === id);
  if (!record) throw new ProblemAnswer(404, 'Not found');
  return record;
}

export const instanceOf = (state: State, id: string | undefined) => found(state.instances, id);
export const serviceOf = (state: State, id: string | undefined) => found(state.services, id);
export const resourceOf = (state: State, id: string | undefined) => found(state.resources, id);
