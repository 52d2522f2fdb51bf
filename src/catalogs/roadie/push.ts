import { Failure } from '../../errors.ts';
import { oneLine } from '../../text.ts';
import type { Connection } from '../backstage/connection.ts';
import { chooseComponent, originOf, refOf } from '../backstage/entity.ts';
import { componentOf } from '../backstage/generate.ts';
import type { Entity } from '../backstage/schemas.ts';
import { ensureSet, parseEntities, setOf, type WrittenEntity } from './entity-set.ts';

/** Gives the entities of the repository to Roadie: those of its catalog file, or one made from the inputs. */
export async function push(connection: Connection): Promise<void> {
  const { inputs, progress, repository, plan } = connection;
  const written = await entitiesOf(connection);
  const chosen = chooseComponent(written.map(asEntity), inputs, repository);
  const ref = refOf(chosen);
  const set = setOf(repository);
  for (const entity of written) await readOurs(connection, refOf(asEntity(entity)), set);

  progress.waiting(`the entity set ${set}`);
  const { operation, value, differences } = await ensureSet(connection, set, written);
  progress.outcome({
    thing: 'mapping',
    operation,
    name: `entity set ${set}`,
    id: value?.id ?? '',
    reasons: differences,
  });
  progress.serviceName(ref);
  const entity = plan ? undefined : await awaitPushed(connection, ref, set);
  progress.outcome({
    thing: 'service',
    operation,
    name: ref,
    id: entity?.metadata.uid ?? '',
    reasons: differences,
  });
}

/** @throws {Failure} when nobody can look whether there is a catalog file: what was made from it would be lost */
async function entitiesOf({
  azureDevOps,
  inputs,
  readSecret,
  repository,
}: Connection): Promise<WrittenEntity[]> {
  const { catalogFile } = inputs;
  if (repository.provider !== 'azure-devops') return [componentOf(inputs, repository)];
  if (!readSecret)
    throw new Failure(
      `It cannot be seen whether the repository has a ${catalogFile}, from which its entities are made.`,
      'Set azure-devops-pat to a PAT with the scope Code: Read.',
    );
  const text = await azureDevOps.readFile(repository, catalogFile, readSecret);
  return text === undefined ? [componentOf(inputs, repository)] : parseEntities(text, catalogFile);
}

function asEntity({ kind, metadata }: WrittenEntity): Entity {
  return {
    kind,
    metadata: { namespace: 'default', annotations: {}, ...(metadata as { name: string }) },
    status: undefined,
  };
}

/** Of a name that comes from elsewhere, two would be made, of which one is shown. */
async function readOurs({ client }: Connection, ref: string, set: string): Promise<Entity | undefined> {
  const found = await client.entity(ref);
  const other = found?.metadata.annotations['roadie.io/entity-set'];
  if (!found || other === set) return found;
  const origin = oneLine(originOf(found).replace(/^url:/u, ''), 300) || 'another origin';
  if (other === undefined)
    throw new Failure(
      `The name ${ref} is taken by an entity of ${origin}.`,
      'Set another service-name, or leave entity out.',
    );
  const shown = oneLine(other, 120);
  throw new Failure(
    `The name ${ref} is taken by an entity of ${origin}, in the entity set "${shown}".`,
    `If this repository was renamed or moved, that set is its old one: remove it (PUT /api/catalog/roadie-entities/sets/${encodeURIComponent(shown)} with {"items": []}), then run the step again. If not, set another service-name.`,
  );
}

/** Milliseconds between two looks. */
const PAUSE = 1_000;

/** @throws {Failure} when it does not show in time; without a wait-timeout it is not waited for */
async function awaitPushed(connection: Connection, ref: string, set: string): Promise<Entity | undefined> {
  const { clock, inputs, progress } = connection;
  progress.waiting(`Roadie to show ${ref}`);
  const start = clock.now();
  for (;;) {
    const found = await readOurs(connection, ref, set);
    if (found || inputs.waitTimeout === 0) return found;
    if (clock.now() - start >= inputs.waitTimeout)
      throw new Failure(
        `Roadie has taken the entity, but does not show ${ref} after ${inputs.waitTimeout / 1000} s (wait-timeout).`,
        'Run the step again, with a longer wait-timeout if need be.',
      );
    await clock.sleep(PAUSE);
  }
}
