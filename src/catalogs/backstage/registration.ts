import { aheadThen } from '../../ahead.ts';
import { type Ensured, ensure } from '../../ensure.ts';
import type { Operation } from '../../inputs/table.ts';
import type { Connection } from './connection.ts';
import { isLocation, isOrphan, originOf } from './entity.ts';
import { sameFile } from './same-file.ts';
import type { Entity, Location } from './schemas.ts';
import { awaitEntity, ensureCurrent, readOurs } from './stored-entity.ts';

/**
 * Ensures location and entity, and tells of them.
 *
 * @param file the entity as the catalog would make it now; undefined where that could not be asked
 * @param known what the catalog has made of the file before
 */
export async function register(
  connection: Connection,
  ref: string,
  file: Entity | undefined,
  known: Entity[],
): Promise<void> {
  const { client, progress, plan, target } = connection;
  const [found, registered] = await Promise.all([readOurs(connection, ref), client.locationOf(target)]);
  // What is left of a file that nothing names any more is as good as not there.
  const before = found && isOrphan(found) ? undefined : found;
  // On top of one that is there by other means, nothing is registered: it would be there twice.
  const means = registered ? undefined : otherMeans(target, before, known);
  const location = means
    ? { operation: 'unchanged' as const, value: undefined, differences: [means] }
    : await ensureLocation(connection, registered);
  const url = location.value?.target ?? target;
  progress.outcome({
    thing: 'mapping',
    operation: location.operation,
    name: target,
    id: location.value?.id ?? '',
    reasons: url === target ? location.differences : [knownAs(url)],
  });

  progress.serviceName(ref);
  if (!before && (plan || connection.inputs.waitTimeout === 0))
    return tellService(connection, ref, 'created', undefined, plan ? [] : ['not waited for']);
  const entity = before ?? (await awaitEntity(connection, ref, url, location.operation === 'unchanged'));
  const { operation, value, differences } = await ensureCurrent(connection, file, entity);
  tellService(connection, ref, before ? operation : 'created', value, before ? differences : []);
}

/** How the catalog came to know the file, if nobody registered it. */
function otherMeans(target: string, entity: Entity | undefined, known: Entity[]): string | undefined {
  const origin = entity ? originOf(entity).replace(/^url:/u, '') : target;
  if (origin !== target) return sameFile(target, origin) ? knownAs(origin) : `listed by ${origin}`;
  const there = entity ?? known.find((one) => !isLocation(one) && !isOrphan(one));
  return there ? 'found by discovery' : undefined;
}

function knownAs(url: string): string {
  return `known as ${url}`;
}

function tellService(
  { progress }: Connection,
  name: string,
  operation: Operation,
  entity: Entity | undefined,
  reasons: string[],
): void {
  progress.outcome({
    thing: 'service',
    operation,
    name,
    id: entity?.metadata.uid ?? '',
    reasons,
  });
}

/** Ensures that the file is a registered location of the catalog. */
function ensureLocation(
  { client, target, plan, clock }: Connection,
  registered: Location | undefined,
): Promise<Ensured<Location>> {
  return ensure<Location>(
    {
      title: `location ${target}`,
      hidden: 'It may be registered where this catalog-token may not look.',
      find: aheadThen(Promise.resolve(registered), () => client.locationOf(target)),
      create: () => client.register(target),
    },
    { plan, clock },
  );
}
