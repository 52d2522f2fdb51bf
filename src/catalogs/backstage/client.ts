import { createHash } from 'node:crypto';
import { type GenericSchema, type InferOutput, safeParse, unknown } from 'valibot';
import type { Http, HttpRequest, HttpResponse } from '../../http/http.ts';
import { parseJson } from '../../http/json.ts';
import { BackstageError, UnreadableAnswer } from './errors.ts';
import { sameFile } from './same-file.ts';
import { Entities, Entity, Location, Locations, Preview, Registered } from './schemas.ts';
import { spellingsOf } from './target.ts';

/**
 * The catalog's HTTP API ("Catalog API", backstage.io/docs), as far as old and new servers share it. Every method
 * throws {@link BackstageError}, {@link UnreadableAnswer} or {@link NoAnswer}.
 */
export interface BackstageClient {
  /** What the catalog would make of a file, without storing anything (`POST /locations?dryRun=true`). */
  preview(target: string): Promise<InferOutput<typeof Preview>>;
  /**
   * All entities that come from a file, be it registered, discovered, or listed by another; but none of a file whose URL
   * is too long for the index (`MAX_VALUE_LENGTH` of plugin-catalog-backend, buildEntitySearch.ts).
   */
  entitiesFrom(target: string): Promise<Entity[]>;
  /** All components with an annotation of this value. */
  componentsWith(annotation: string, value: string): Promise<Entity[]>;
  /**
   * The registered location of a file, however its URL is spelled there; undefined when it is not registered, though it
   * may be discovered.
   */
  locationOf(target: string): Promise<Location | undefined>;
  register(target: string): Promise<Location>;
  /** @param ref e.g. `component:default/shop` */
  entity(ref: string): Promise<Entity | undefined>;
  /** Asks the catalog to read the file of an entity again, now. */
  refresh(ref: string): Promise<void>;
  /** Any other call, below `/api`. */
  call<S extends GenericSchema>(request: ApiCall, schema: S): Promise<InferOutput<S>>;
}

export type ApiCall = Pick<HttpRequest, 'method' | 'body' | 'reads'> & {
  path: string;
  query?: [name: string, value: string][];
  headers?: Record<string, string>;
};

/** More than that of one file, and somebody has made a mistake. */
const MOST_PAGES = 10;
/** Characters. */
const LONGEST_VALUE = 200;
const ANNOTATIONS = 'metadata.annotations';

/** @param url the base without `/api` */
export function backstageClient(http: Http, url: string, token: string): BackstageClient {
  async function call<S extends GenericSchema>(request: ApiCall, schema: S): Promise<InferOutput<S>> {
    const { path, query = [], headers, ...rest } = request;
    const address = new URL(`${url}/api${path}`);
    for (const [name, value] of query) address.searchParams.append(name, value);
    const response = await http.send({
      ...rest,
      url: address,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    if (response.status < 200 || response.status > 299)
      throw new BackstageError(request, `${url}/api${path}`, response);
    const body = response.text === '' ? undefined : parseJson(dataOf(response));
    const parsed = safeParse(schema, body);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    const what =
      body === undefined
        ? `no JSON but "${response.text.slice(0, 80)}"`
        : `expected ${issue.expected}, got ${issue.received}`;
    throw new UnreadableAnswer(request, `${url}/api${path}`, what);
  }

  async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if (error instanceof BackstageError && error.status === 404 && error.says) return undefined;
      throw error;
    }
  }

  /** @param filters of which one has to fit */
  async function entitiesBy(filters: string[]): Promise<Entity[]> {
    const found: Entity[] = [];
    let query = filters.map((filter): [string, string] => ['filter', filter]);
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { items, pageInfo } = await call(
        { method: 'GET', path: '/catalog/entities/by-query', query },
        Entities,
      );
      found.push(...items);
      if (!pageInfo?.nextCursor) break;
      query = [['cursor', pageInfo.nextCursor]];
    }
    return found;
  }

  return {
    call,
    preview: (target) =>
      call(
        {
          method: 'POST',
          path: '/catalog/locations',
          query: [['dryRun', 'true']],
          body: { type: 'url', target },
          reads: true,
        },
        Preview,
      ),
    async entitiesFrom(target) {
      const refs = spellingsOf(target)
        .map((url) => `url:${url}`)
        .filter(({ length }) => length <= LONGEST_VALUE);
      const filters = refs.flatMap((ref) => [
        `${ANNOTATIONS}.backstage.io/managed-by-origin-location=${ref}`,
        `${ANNOTATIONS}.backstage.io/managed-by-location=${ref}`,
      ]);
      return filters.length > 0 ? entitiesBy(filters) : [];
    },
    componentsWith: (annotation, value) =>
      entitiesBy([`kind=component,${ANNOTATIONS}.${annotation}=${value}`]),
    async locationOf(target) {
      const ref = `/catalog/locations/by-entity/location/default/${generatedName(target)}`;
      try {
        const found = await call({ method: 'GET', path: ref }, Location);
        if (found.target === target) return found;
      } catch (error) {
        // Roadie's gateway answers 403 to what it does not offer.
        if (!(error instanceof BackstageError) || (error.status !== 404 && error.status !== 403)) throw error;
        // It has an entity, so it was discovered, and nobody registered it.
        if (error.says?.startsWith('Found no location with')) return undefined;
      }
      // One whose file was never read has no entity yet, so it is only in the list.
      const all = await call({ method: 'GET', path: '/catalog/locations' }, Locations);
      const ours = all
        .map(({ data }) => data)
        .filter((one) => one.type === 'url' && sameFile(target, one.target));
      return ours.find((one) => one.target === target) ?? ours[0];
    },
    async register(target) {
      const body = { type: 'url', target };
      const { location } = await call({ method: 'POST', path: '/catalog/locations', body }, Registered);
      return location;
    },
    entity: (ref) =>
      unlessMissing(call({ method: 'GET', path: `/catalog/entities/by-name/${pathOf(ref)}` }, Entity)),
    async refresh(ref) {
      await call({ method: 'POST', path: '/catalog/refresh', body: { entityRef: ref } }, unknown());
    },
  };
}

/** What an answer holds; in a stream of events (as MCP servers may answer), the data of its last one. */
function dataOf({ headers, text }: HttpResponse): string {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return text;
  const last =
    text
      .trim()
      .split(/\r?\n\r?\n/u)
      .at(-1) ?? '';
  return [...last.matchAll(/^data: ?(.*)$/gmu)].map(([, line]) => line).join('\n');
}

/** The name of the entity that the catalog makes of a location. */
function generatedName(target: string): string {
  return `generated-${createHash('sha1').update(`url:${target}`).digest('hex')}`;
}

export function locationRef(target: string): string {
  return `location:default/${generatedName(target)}`;
}

function pathOf(ref: string): string {
  const [kind = '', rest = ''] = ref.split(':');
  return [kind, ...rest.split('/')].map(encodeURIComponent).join('/');
}
