import { array, type GenericSchema, type InferOutput, object, safeParse, unknown } from 'valibot';
import { Failure } from '../../errors.ts';
import type { Http, HttpRequest, HttpResponse, Method } from '../../http/http.ts';
import { parseJson } from '../../http/json.ts';
import { oneLine } from '../../text.ts';
import { KonnectError } from './errors.ts';
import { CursorPage, NumberedPage } from './schemas.ts';

/** Filters by dotted field: `{'integration.name': {eq: 'github'}}` becomes `filter[integration.name][eq]=github`. */
export type Filter = Record<
  string,
  { eq: string } | { oeq: string[] } | { contains: string } | { ocontains: string[] } | undefined
>;

/** Konnect's Service Catalog API, version 1. Every method throws {@link KonnectError} or {@link NoAnswer}. */
export interface KonnectClient {
  get<S extends GenericSchema>(path: string, schema: S, options?: CallOptions): Promise<InferOutput<S>>;
  /** All records of a collection in numbered pages (`PaginatedMeta`). */
  list<S extends GenericSchema>(path: string, schema: S, filter?: Filter): Promise<InferOutput<S>[]>;
  /** All records of a collection in cursor pages (`CursorMeta`). */
  walk<S extends GenericSchema>(path: string, schema: S, filter: Filter): Promise<InferOutput<S>[]>;
  /** The first page of such a collection. */
  peek<S extends GenericSchema>(path: string, schema: S, filter: Filter): Promise<InferOutput<S>[]>;
  post<S extends GenericSchema>(
    path: string,
    body: unknown,
    schema: S,
    options?: CallOptions,
  ): Promise<InferOutput<S>>;
  patch<S extends GenericSchema>(
    path: string,
    body: unknown,
    schema: S,
    options?: CallOptions,
  ): Promise<InferOutput<S>>;
  delete(path: string, options?: CallOptions): Promise<void>;
}

type CallOptions = Pick<HttpRequest, 'critical' | 'before'>;

/** Records of a page. The contract names no maximum: where a server has one, smaller pages are asked for. */
const PAGE_SIZES = [100, 50, 20, 10, 5];
/** A look-up that is not finished after this many records is not one that we should be making. */
const MOST_RECORDS = 2_000;

/**
 * @param url the base without `/v1`, e.g. `https://us.api.konghq.com`
 * @param token a `kpat_` or `spat_` token
 */
export function konnectClient(http: Http, url: string, token: string): KonnectClient {
  async function call(
    method: Method,
    path: string,
    query: URLSearchParams,
    options: CallOptions & Pick<HttpRequest, 'body'> = {},
  ): Promise<HttpResponse> {
    const address = new URL(`${url}/v1${path}`);
    address.search = query.toString();
    const headers = { authorization: `Bearer ${token}` };
    const response = await http.send({ method, url: address, headers, ...options });
    if (response.status < 200 || response.status > 299)
      throw new KonnectError(method, `/v1${path}`, response);
    return response;
  }

  async function read<S extends GenericSchema>(
    method: Method,
    path: string,
    schema: S,
    query = new URLSearchParams(),
    options: CallOptions & Pick<HttpRequest, 'body'> = {},
  ): Promise<InferOutput<S>> {
    return check(schema, await call(method, path, query, options), method, path);
  }

  function page<M extends GenericSchema>(path: string, meta: M, query: URLSearchParams, size: number) {
    query.set('page[size]', String(size));
    return read('GET', path, object({ data: array(unknown()), meta }), query);
  }

  /** The sizes that the server has not refused yet, in this run. */
  let sizes = PAGE_SIZES;

  /** Reads a collection from its beginning, again with smaller pages where the server refuses the size. */
  async function inPages<T>(readAll: (size: number) => Promise<T>): Promise<T> {
    const [size = 1, ...smaller] = sizes;
    try {
      return await readAll(size);
    } catch (error) {
      if (!refusesSize(error) || smaller.length === 0) throw error;
      // Another read may have found it out meanwhile.
      if (sizes[0] === size) sizes = smaller;
      return inPages(readAll);
    }
  }

  /** @returns undefined where a record came or went between two pages, so that one may have been missed */
  async function readPages(path: string, filter: Filter, size: number): Promise<unknown[] | undefined> {
    const records: unknown[] = [];
    let total: number | undefined;
    for (let number = 1; number <= MOST_RECORDS / size; number++) {
      const query = encode(filter);
      query.set('page[number]', String(number));
      const { data, meta } = await page(path, NumberedPage, query, size);
      total ??= meta.page.total;
      if (total !== meta.page.total) return undefined;
      records.push(...data);
      if (data.length === 0 || records.length >= total) return records;
    }
    throw new TooManyRecords(path, records.length);
  }

  async function readCursors(path: string, filter: Filter, size: number): Promise<unknown[]> {
    const records: unknown[] = [];
    let cursor: string | null = null;
    for (let number = 1; number <= MOST_RECORDS / size; number++) {
      const query = encode(filter);
      if (cursor) query.set('page[after]', cursor);
      const { data, meta } = await page(path, CursorPage, query, size);
      records.push(...data);
      cursor = cursorOf(meta.page.next, path);
      if (!cursor) return records;
    }
    throw new TooManyRecords(path, records.length);
  }

  return {
    get: (path, schema, options) => read('GET', path, schema, undefined, options),
    async list(path, schema, filter = {}) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        const records = await inPages((size) => readPages(path, filter, size));
        if (records) return records.map((record) => checkRecord(schema, record, path));
      }
      throw new Failure(`GET /v1${path} keeps changing while it is read.`, 'Run the step again.');
    },
    async walk(path, schema, filter) {
      const records = await inPages((size) => readCursors(path, filter, size));
      return records.map((record) => checkRecord(schema, record, path));
    },
    async peek(path, schema, filter) {
      const { data } = await inPages((size) => page(path, CursorPage, encode(filter), size));
      return data.map((record) => checkRecord(schema, record, path));
    },
    post: (path, body, schema, options) => read('POST', path, schema, undefined, { body, ...options }),
    patch: (path, body, schema, options) => read('PATCH', path, schema, undefined, { body, ...options }),
    async delete(path, options) {
      await call('DELETE', path, new URLSearchParams(), options);
    },
  };
}

function encode(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  for (const [field, condition] of Object.entries(filter)) {
    for (const [operator, value] of Object.entries(condition ?? {}))
      query.set(`filter[${field}][${operator}]`, [value].flat().join(','));
  }
  return query;
}

/** `next` is a path with a prefix that is Konnect's own: only its cursor means something to us. */
function cursorOf(next: string | null | undefined, path: string): string | null {
  if (!next) return null;
  const cursor = new URLSearchParams(next.slice(next.indexOf('?') + 1)).get('page[after]');
  if (!cursor) throw new UnreadableAnswer('GET', path, 'meta.page.next: expected a path with page[after]');
  return cursor;
}

function check<S extends GenericSchema>(
  schema: S,
  response: HttpResponse,
  method: Method,
  path: string,
): InferOutput<S> {
  const json = parseJson(response.text);
  if (json === undefined)
    throw new UnreadableAnswer(method, path, `no JSON but "${oneLine(response.text, 80)}"`);
  return checkRecord(schema, json, path, method);
}

function checkRecord<S extends GenericSchema>(
  schema: S,
  record: unknown,
  path: string,
  method: Method = 'GET',
): InferOutput<S> {
  const result = safeParse(schema, record);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = issue.path?.map((part: { key: unknown }) => part.key).join('.') ?? 'the body';
  throw new UnreadableAnswer(
    method,
    path,
    `${oneLine(field, 80)}: expected ${issue.expected}, got ${oneLine(issue.received, 80)}`,
  );
}

/** Konnect accepted the request, but its answer is not what the contract says. */
class UnreadableAnswer extends Failure {
  override readonly name = 'UnreadableAnswer';
  readonly maybeProcessed: boolean;

  constructor(method: Method, path: string, what: string) {
    super(
      `Konnect answered ${method} /v1${path}, but not as its contract says: ${what}.`,
      'Check catalog-url, and whether a proxy or a sign-in page answers in its place.',
    );
    this.maybeProcessed = method !== 'GET';
  }
}

/** More records fit than are read: one that was not may be the one that is looked for. */
export class TooManyRecords extends Failure {
  override readonly name = 'TooManyRecords';

  constructor(path: string, count: number) {
    super(
      `GET /v1${path} has more than ${count} records that fit: the look-up is not conclusive.`,
      'Name the integration with integration-name, or the resource with resource-id.',
    );
  }
}

function refusesSize(error: unknown): boolean {
  return error instanceof KonnectError && error.status === 400 && /page\W{0,2}size/iu.test(error.message);
}
