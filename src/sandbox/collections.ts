import { badRequest } from './problem.ts';

type Body = Record<string, unknown>;

/** `GET` of a collection in numbered pages (`PaginatedMeta`), filtered. */
export function numberedPage(records: Body[], query: URLSearchParams, fields: readonly string[]): Body {
  const found = filtered(records, query, fields);
  const size = whole(query, 'page[size]', 10);
  const number = whole(query, 'page[number]', 1);
  return {
    data: found.slice((number - 1) * size, number * size),
    meta: { page: { number, size, total: found.length } },
  };
}

/** `GET` of a collection in cursor pages (`CursorMeta`), filtered. */
export function cursorPage(
  records: Body[],
  query: URLSearchParams,
  fields: readonly string[],
  path: string,
): Body {
  const found = filtered(records, query, fields);
  const size = whole(query, 'page[size]', 10);
  const start = Number(Buffer.from(query.get('page[after]') ?? '', 'base64url').toString() || 0);
  const address = (offset: number) =>
    `/servicehub/v1${path}?page[size]=${size}${offset > 0 ? `&page[after]=${Buffer.from(String(offset)).toString('base64url')}` : ''}`;
  return {
    data: found.slice(start, start + size),
    meta: {
      page: {
        size,
        next: start + size < found.length ? address(start + size) : null,
        previous: start > 0 ? address(Math.max(0, start - size)) : null,
        first: address(0),
      },
    },
  };
}

function whole(query: URLSearchParams, name: string, fallback: number): number {
  const value = Number(query.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 1)
    throw badRequest(name, 'is_integer', 'must be a positive integer', 'query');
  return value;
}

/** `filter[field][operator]=value`; `filter[field]=value` is `eq`; a comma separates values of `oeq` and `ocontains`. */
function filtered(records: Body[], query: URLSearchParams, fields: readonly string[]): Body[] {
  let result = records;
  for (const [key, value] of query) {
    if (/^page\[(?:size|number|after|before)\]$/u.test(key) || key === 'sort') continue;
    const [, field, operator = 'eq'] = /^filter\[([\w.]+)\](?:\[(\w+)\])?$/u.exec(key) ?? [];
    if (!field || !fields.some((allowed) => field === allowed || field.startsWith(`${allowed}.`)))
      throw badRequest(key, 'unknown_property', 'is not a known parameter', 'query');
    const test = OPERATORS[operator];
    if (!test) throw badRequest(key, 'invalid', 'is not a known operator', 'query');
    result = result.filter((record) => test(textOf(valueAt(record, field)), value));
  }
  return result;
}

const OPERATORS: Record<string, (actual: string, wanted: string) => boolean> = {
  eq: (actual, wanted) => actual === wanted,
  neq: (actual, wanted) => actual !== wanted,
  oeq: (actual, wanted) => wanted.split(',').includes(actual),
  contains: (actual, wanted) => actual.includes(wanted),
  ocontains: (actual, wanted) => wanted.split(',').some((one) => actual.includes(one)),
};

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

function valueAt(record: Body, field: string): unknown {
  return field.split('.').reduce<unknown>((value, key) => (value as Body | null | undefined)?.[key], record);
}
