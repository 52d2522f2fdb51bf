import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { array, looseObject, object, optional, record, string, union, unknown } from 'valibot';
import { type Ensured, ensure } from '../../ensure.ts';
import { Failure, messageOf } from '../../errors.ts';
import { fullName, type Repository } from '../../repository.ts';
import { oneLine } from '../../text.ts';
import type { Connection } from '../backstage/connection.ts';
import { BackstageError } from '../backstage/errors.ts';
import { machineName } from '../machine-name.ts';

/** An entity as somebody writes it. */
export type WrittenEntity = { kind: string; metadata: Record<string, unknown> } & Record<string, unknown>;

const Item = looseObject({
  id: optional(string()),
  entity: optional(record(string(), unknown())),
  rawData: optional(unknown()),
});
const Items = union([array(Item), object({ items: array(Item) })]);

/** What a set holds, as Roadie has it. */
interface EntitySet {
  id: string;
  entities: Record<string, unknown>[];
}

/** One set for each repository: to write it is to replace it as a whole. */
export function setOf(repository: Repository): string {
  const address = `${repository.provider} ${repository.host} ${fullName(repository)}`.toLowerCase();
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 8);
  return `${machineName(repository.name, 50)}-${digest}`;
}

/**
 * Ensures the entities of a repository in Roadie, without having it read the repository ("Entity push API":
 * `PUT /catalog/roadie-entities/sets/{set}`).
 */
export function ensureSet(
  { client, clock, plan }: Connection,
  set: string,
  entities: WrittenEntity[],
): Promise<Ensured<EntitySet>> {
  const base = '/catalog/roadie-entities';
  const write = async () =>
    shapeOf(
      await client.call({ method: 'PUT', path: `${base}/sets/${set}`, body: { items: entities } }, Items),
    );
  return ensure<EntitySet>(
    {
      title: `entity set ${set}`,
      hidden: 'Give the catalog-token the right to write entities.',
      async find() {
        try {
          const found = await client.call(
            { method: 'GET', path: `${base}/entities`, query: [['set', set]] },
            Items,
          );
          const { entities: stored, id } = shapeOf(found);
          return stored.length > 0 ? { entities: stored, id } : undefined;
        } catch (error) {
          if (error instanceof BackstageError && error.status === 404) return undefined;
          throw error;
        }
      },
      differs: ({ entities: stored }) =>
        isDeepStrictEqual(comparable(stored), comparable(entities)) ? [] : ['entities'],
      create: write,
      update: write,
    },
    { plan, clock },
  );
}

function shapeOf(
  answer: { id?: string | undefined; entity?: unknown; rawData?: unknown }[] | { items: unknown[] },
): EntitySet {
  const items = (Array.isArray(answer) ? answer : answer.items) as {
    id?: string;
    entity?: Record<string, unknown>;
    rawData?: unknown;
  }[];
  return {
    id: items[0]?.id ?? '',
    entities: items.map(({ rawData, entity }) => (isRecord(rawData) ? rawData : (entity ?? {}))),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Entities without what the catalog adds to them, in one order. */
function comparable(entities: Record<string, unknown>[]): unknown[] {
  return entities.map(written).sort((a, b) => (refOf(a) < refOf(b) ? -1 : 1));
}

interface Comparable {
  kind: unknown;
  metadata: Record<string, unknown>;
}

function written({ kind, metadata, relations: _, status: __, ...rest }: Record<string, unknown>): Comparable {
  const { annotations, uid: ___, etag: ____, ...own } = (metadata ?? {}) as Record<string, unknown>;
  const kept = Object.entries((annotations ?? {}) as Record<string, unknown>).filter(
    ([name]) =>
      !name.startsWith('roadie.io/') && !/^backstage\.io\/(?:managed-by|view-url|edit-url)/u.test(name),
  );
  return {
    ...rest,
    kind,
    metadata: { namespace: 'default', ...own, annotations: Object.fromEntries(kept) },
  };
}

function refOf({ kind, metadata }: Comparable): string {
  return `${kind}:${metadata.namespace}/${metadata.name}`.toLowerCase();
}

/**
 * The entities of a catalog file.
 *
 * @throws {Failure} when it is no such file, or refers to others, which only the catalog's own reading resolves
 */
export async function parseEntities(text: string, file: string): Promise<WrittenEntity[]> {
  const json = await asJson(text, file);
  const entities: Partial<WrittenEntity>[] = JSON.parse(json);
  if (/"\$(?:text|json|yaml|openapi|asyncapi)":/u.test(json))
    throw new Failure(
      `${file} takes in other files ($text and the like), which a pushed entity cannot.`,
      'Leave entity out, so that Roadie reads the repository.',
    );
  if (!entities.every((one) => typeof one?.kind === 'string' && typeof one?.metadata?.name === 'string'))
    throw new Failure(`${file} holds something that is no entity.`, 'Each needs a kind and a metadata.name.');
  if (entities.some(({ kind }) => kind?.toLowerCase() === 'location'))
    throw new Failure(
      `${file} has a Location, which lists other files: Roadie cannot follow that of a pushed entity.`,
      'Leave entity out, so that Roadie reads the repository. Or put the entities of those files into this one.',
    );
  return entities as WrittenEntity[];
}

/** The documents of a YAML file as the JSON that is sent: what that cannot carry would be another thing in the catalog. */
async function asJson(text: string, file: string): Promise<string> {
  const { parseAllDocuments } = await import('yaml');
  const wrong = (what: string) =>
    new Failure(`${file} is not YAML of entities: ${what}.`, 'Correct the file.');
  const documents = parseAllDocuments(text, { logLevel: 'error', uniqueKeys: true });
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw new Failure(`${file} is not YAML: ${oneLine(broken.message, 160)}.`, 'Correct the file.');
  try {
    const values = documents.map((document) => document.toJS({ maxAliasCount: 100 }));
    return JSON.stringify(
      values.filter((value) => value !== null),
      (_, value) => {
        if (typeof value !== 'number' || Number.isFinite(value)) return value;
        throw wrong(`it has the number ${value}, which JSON does not have`);
      },
    );
  } catch (error) {
    // Aliases without anchor, too many of them, or one within its own anchor.
    throw error instanceof Failure ? error : wrong(oneLine(messageOf(error), 160));
  }
}
