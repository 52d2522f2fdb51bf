import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { array, looseObject, object, optional, record, string, union, unknown } from 'valibot';
import { type Ensured, ensure } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
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
  rawData: optional(record(string(), unknown())),
});
const Items = union([array(Item), object({ items: array(Item) })]);

/** What a set holds, as Roadie has it. */
interface EntitySet {
  id: string;
  entities: Record<string, unknown>[];
}

/** One set for each repository: to write it is to replace it as a whole. */
export function setOf(repository: Repository): string {
  const digest = createHash('sha256').update(fullName(repository).toLowerCase()).digest('hex').slice(0, 8);
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
          const found = await client.call({ method: 'GET', path: `${base}/entities`, query: { set } }, Items);
          const { entities: stored, id } = shapeOf(found);
          return stored.length > 0 ? { entities: stored, id } : undefined;
        } catch (error) {
          if (error instanceof BackstageError && error.status === 404) return undefined;
          throw error;
        }
      },
      differs: ({ entities: stored }) =>
        isDeepStrictEqual(sorted(stored), sorted(entities)) ? [] : ['entities'],
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
    rawData?: Record<string, unknown>;
  }[];
  return { id: items[0]?.id ?? '', entities: items.map(({ rawData, entity }) => rawData ?? entity ?? {}) };
}

function sorted(entities: Record<string, unknown>[]): Record<string, unknown>[] {
  const key = ({ kind, metadata }: Record<string, unknown>) =>
    `${kind} ${(metadata as { name?: unknown } | undefined)?.name}`;
  return [...entities].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * The entities of a catalog file.
 *
 * @throws {Failure} when it is no such file, or refers to others, which only the catalog's own reading resolves
 */
export async function parseEntities(text: string, file: string): Promise<WrittenEntity[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text, { logLevel: 'error', uniqueKeys: true });
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) throw new Failure(`${file} is not YAML: ${oneLine(broken.message, 160)}.`, 'Correct the file.');
  const entities = documents
    .map((document) => document.toJS({ maxAliasCount: 0 }))
    .filter((value) => value !== null);
  if (/"\$(?:text|json|yaml|openapi|asyncapi)":/u.test(JSON.stringify(entities)))
    throw new Failure(
      `${file} takes in other files ($text and the like), which a pushed entity cannot.`,
      'Leave entity out, so that Roadie reads the repository.',
    );
  if (entities.every((one) => typeof one?.kind === 'string' && typeof one?.metadata?.name === 'string'))
    return entities;
  throw new Failure(`${file} holds something that is no entity.`, 'Each needs a kind and a metadata.name.');
}
