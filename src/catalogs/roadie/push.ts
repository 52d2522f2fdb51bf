import { Failure } from '../../errors.ts';
import { oneLine } from '../../text.ts';
import type { Connection } from '../backstage/connection.ts';
import { chooseComponent, originOf, refOf } from '../backstage/entity.ts';
import { componentOf } from '../backstage/generate.ts';
import type { Entity } from '../backstage/schemas.ts';
import { machineName } from '../machine-name.ts';
import { ensureSet, parseEntities, setOf, type WrittenEntity } from './entity-set.ts';

/** Gives the entities of the repository to Roadie: those of its catalog file, or one made from the inputs. */
export async function push(connection: Connection): Promise<void> {
  const { inputs, progress, repository, plan } = connection;
  const written = await entitiesOf(connection);
  const chosen = chooseComponent(written.map(asEntity), inputs.serviceName, machineName(repository.name, 63));
  const ref = refOf(chosen);
  await refuseAnothers(connection, ref);

  const set = setOf(repository);
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
  const entity = plan ? undefined : await awaitPushed(connection, ref);
  progress.outcome({
    thing: 'service',
    operation,
    name: ref,
    id: entity?.metadata.uid ?? '',
    reasons: differences,
  });
}

async function entitiesOf({
  azureDevOps,
  inputs,
  jobToken,
  repository,
}: Connection): Promise<WrittenEntity[]> {
  const { azureDevOpsPat: pat, catalogFile } = inputs;
  const text =
    repository.provider === 'azure-devops' && (pat || jobToken)
      ? await azureDevOps.readFile(repository, catalogFile, pat ? { pat } : { jobToken: jobToken ?? '' })
      : undefined;
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
async function refuseAnothers({ client }: Connection, ref: string): Promise<Entity | undefined> {
  const found = await client.entity(ref);
  if (!found || originOf(found).startsWith('roadie-api:')) return found;
  throw new Failure(
    `The name ${ref} is taken by an entity of ${oneLine(originOf(found).replace(/^url:/u, ''), 300) || 'another origin'}.`,
    'Set another service-name, or leave entity out.',
  );
}

/** Milliseconds between two looks. */
const PAUSE = 1_000;

async function awaitPushed(connection: Connection, ref: string): Promise<Entity | undefined> {
  const { clock, inputs, progress } = connection;
  progress.waiting(`Roadie to show ${ref}`);
  const start = clock.now();
  for (;;) {
    const found = await refuseAnothers(connection, ref);
    if (found || clock.now() - start >= inputs.waitTimeout) return found;
    await clock.sleep(PAUSE);
  }
}
