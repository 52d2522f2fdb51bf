import { createHash, randomUUID } from 'node:crypto';
import type { AnyAnswer, BesideRequest } from '../../../src/sandbox/sandbox.ts';

/**
 * Roadie, as far as its documents tell: the catalog's reads, entity sets, the MCP tool for secrets, and its gateway. Its
 * catalog is that of Backstage.
 */

interface StoredEntity {
  kind: string;
  metadata: { name: string; namespace: string; uid: string; annotations: Record<string, string> };
  status?: { items: { level: string; message: string }[] };
  [field: string]: unknown;
}

export interface Roadie {
  tokens: Set<string>;
  entities: StoredEntity[];
  locations: { id: string; type: string; target: string }[];
  sets: Map<string, Record<string, unknown>[]>;
  /** Of the secret AZURE_TOKEN; each look takes the first, until one is left. */
  secret: { status: 'Available' | 'Updating' | 'Not Set'; value: string }[];
  /** Whether this token may see secrets, and whether `POST /locations` is offered. */
  offers: { secrets: boolean; locations: boolean };
  codeSearch: 'indexed' | 'not indexed' | 'not installed' | 'unauthorized';
  /** Adds what Roadie makes of a file. @param readAs how it spells the URL of the file itself, if otherwise */
  discover(target: string, name: string, readAs?: string): StoredEntity;
  /** Has it fail to read a file that it has read before. */
  failReading(target: string, message: string): void;
  answer(request: BesideRequest): AnyAnswer | undefined;
}

export function createRoadie(): Roadie {
  const roadie: Roadie = {
    tokens: new Set(),
    entities: [],
    locations: [],
    sets: new Map(),
    secret: [{ status: 'Available', value: '****' }],
    offers: { secrets: true, locations: false },
    codeSearch: 'indexed',
    discover(target, name, readAs = target) {
      const entity = entityFrom({ kind: 'Component', metadata: { name } }, `url:${target}`, `url:${readAs}`);
      roadie.entities.push(locationOf(target), entity);
      return entity;
    },
    failReading(target, message) {
      const location = roadie.entities.find(({ metadata }) => metadata.name === generatedName(target));
      if (location) location.status = { items: [{ level: 'error', message }] };
    },
    answer({ method, url, headers, body }) {
      if (url.pathname.endsWith('/_apis/search/codesearchresults')) return search(roadie, body);
      if (!url.pathname.startsWith('/api/')) return undefined;
      const token = /^Bearer (.+)$/u.exec(headers.authorization ?? '')?.[1] ?? '';
      if (!roadie.tokens.has(token)) return FORBIDDEN;
      const path = url.pathname.slice('/api'.length);
      if (path === '/mcp/v1/backend-config') return mcp(roadie, body);
      if (path === '/catalog/entities/by-query') {
        const filters = url.searchParams.getAll('filter');
        return gives({ items: roadie.entities.filter((one) => filters.some((filter) => fits(one, filter))) });
      }
      const [, kind, name] = /^\/catalog\/entities\/by-name\/(\w+)\/default\/(.+)$/u.exec(path) ?? [];
      if (kind && name) {
        const entity = roadie.entities.find(
          (one) => one.kind.toLowerCase() === kind && one.metadata.name === decodeURIComponent(name),
        );
        return entity ? gives(entity) : missing(`No entity named '${name}' found`);
      }
      if (path === '/catalog/locations' && method === 'GET')
        return gives(roadie.locations.map((data) => ({ data })));
      if (path === '/catalog/locations' && roadie.offers.locations)
        return register(roadie, url.searchParams.has('dryRun'), (body as { target: string }).target);
      if (path === '/catalog/roadie-entities/entities')
        return gives({ items: itemsOf(roadie, url.searchParams.get('set') ?? '') });
      const set = /^\/catalog\/roadie-entities\/sets\/(.+)$/u.exec(path)?.[1];
      if (set && method === 'PUT') return put(roadie, set, (body as { items: StoredEntity[] }).items);
      return FORBIDDEN;
    },
  };
  return roadie;
}

const FORBIDDEN: AnyAnswer = {
  status: 403,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'a1b2' },
  body: { message: 'Forbidden' },
};

function gives(body: unknown, status = 200): AnyAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function missing(message: string): AnyAnswer {
  return gives({ error: { name: 'NotFoundError', message } }, 404);
}

/** As the index compares: in lower case, and nothing that is longer than 200 characters. */
function fits(entity: StoredEntity, filter: string): boolean {
  return filter.split(',').every((condition) => {
    const [, key = '', wanted = ''] = /^([^=]+)=(.*)$/u.exec(condition) ?? [];
    const annotation = key.replace('metadata.annotations.', '');
    const value = key === 'kind' ? entity.kind : (entity.metadata.annotations[annotation] ?? '');
    return value.length <= 200 && value.toLowerCase() === wanted.toLowerCase();
  });
}

function generatedName(target: string): string {
  return `generated-${createHash('sha1').update(`url:${target}`).digest('hex')}`;
}

function locationOf(target: string): StoredEntity {
  return entityFrom({ kind: 'Location', metadata: { name: generatedName(target) } }, `url:${target}`);
}

function entityFrom(written: Record<string, unknown>, origin: string, readAs = origin): StoredEntity {
  const metadata = written.metadata as { name: string; annotations?: Record<string, string> };
  return {
    ...written,
    kind: String(written.kind),
    metadata: {
      namespace: 'default',
      ...metadata,
      uid: randomUUID(),
      annotations: {
        ...metadata.annotations,
        'backstage.io/managed-by-location': readAs,
        'backstage.io/managed-by-origin-location': origin,
      },
    },
  };
}

function register(roadie: Roadie, dryRun: boolean, target: string): AnyAnswer {
  const name =
    /(?:_git\/(.+)\?|([^/]+)\/blob\/)/u.exec(target)?.slice(1).join('').toLowerCase().replace('%20', '-') ??
    '';
  const entity = entityFrom({ kind: 'Component', metadata: { name } }, `url:${target}`);
  if (dryRun) return gives({ exists: false, entities: [entity] }, 201);
  const location = { id: createHash('sha1').update(target).digest('hex'), type: 'url', target };
  roadie.locations.push(location);
  roadie.entities.push(locationOf(target), entity);
  return gives({ location, entities: [] }, 201);
}

function itemsOf(roadie: Roadie, set: string) {
  return (roadie.sets.get(set) ?? []).map((rawData, index) => ({ id: `${set}-${index}`, set, rawData }));
}

function put(roadie: Roadie, set: string, items: Record<string, unknown>[]): AnyAnswer {
  const origin = 'roadie-api:/api/catalog/roadie-entities/entities';
  const names = (entities: Record<string, unknown>[]) =>
    entities.map(({ metadata }) => (metadata as { name: string }).name);
  const old = names(roadie.sets.get(set) ?? []);
  roadie.entities = roadie.entities.filter(({ metadata }) => !old.includes(metadata.name));
  roadie.sets.set(set, items);
  for (const item of items) {
    const entity = entityFrom(item, origin);
    entity.metadata.annotations['roadie.io/entity-set'] = set;
    roadie.entities.push(entity);
  }
  return gives({ set, items: itemsOf(roadie, set) });
}

/** As a stream of events, which is one of the two forms that an MCP server may choose. */
function mcp(roadie: Roadie, body: unknown): AnyAnswer {
  const { method, params } = body as { method: string; params: { name: string } };
  if (!roadie.offers.secrets || method !== 'tools/call' || params.name !== 'get-secrets-list')
    return FORBIDDEN;
  const [secret] = roadie.secret.length > 1 ? roadie.secret.splice(0, 1) : roadie.secret;
  const text = JSON.stringify({
    secrets: [
      { name: 'AZURE_TOKEN', ...secret },
      { name: 'X', status: 'Not Set' },
    ],
  });
  const answer = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }] } });
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `event: message\ndata: ${answer}\n\n`,
  };
}

function search({ codeSearch }: Roadie, body: unknown): AnyAnswer {
  if (codeSearch === 'unauthorized') return { status: 401, body: '' };
  if (codeSearch === 'not installed') return { status: 404, body: { message: 'VS403 not installed' } };
  const { searchText } = body as { searchText: string };
  const repository = /repo:"?(.+?)"? proj:/u.exec(searchText)?.[1] ?? '';
  const results = [
    { path: '/catalog-info.yaml', repository: { name: repository }, project: { name: 'shop' } },
  ];
  return gives(codeSearch === 'indexed' ? { count: 1, results } : { count: 0, results: [] });
}
