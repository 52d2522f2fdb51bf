import { Failure } from '../../errors.ts';
import type { Owner, Repository } from '../../repository.ts';
import type { Catalog, Surroundings } from '../catalog.ts';
import { backstageClient } from './client.ts';
import type { Connection } from './connection.ts';
import { chooseComponent, componentRef, isLocation, refOf } from './entity.ts';
import { factsOf, ownToken, tellReading } from './integration.ts';
import { findByName, observe } from './known.ts';
import { read, wasRead } from './reading.ts';
import { register } from './registration.ts';
import { targetOf } from './target.ts';

/** A Backstage of one's own. */
export function backstage({ http, ...surroundings }: Surroundings): Catalog {
  const { inputs } = surroundings;
  const client = backstageClient(http, inputs.catalogUrl, inputs.catalogToken);
  return {
    title: `Backstage at ${inputs.catalogUrl}`,
    connect: (repository, progress) =>
      connect({
        ...surroundings,
        client,
        repository,
        progress,
        plan: inputs.command === 'plan',
        target: targetOf(repository, inputs.catalogFile),
      }),
    async inspect(owner, progress) {
      progress.waiting('the catalog to read the repository');
      const target = targetOf(repositoryOf(owner), inputs.catalogFile);
      const reading = await observe(client, target);
      if (reading.kind === 'untried') throw new Failure(reading.problem, reading.cure);
      progress.outcome({
        thing: 'credential',
        operation: wasRead(reading) ? 'unchanged' : 'skipped',
        name: ownToken(owner),
        id: '',
        reasons: [],
      });
      return factsOf(surroundings, owner, reading);
    },
  };
}

async function connect(connection: Connection): Promise<void> {
  const { client, progress, inputs, repository, target } = connection;
  progress.waiting('the catalog to read the repository');
  const [reading, indexed] = await Promise.all([read(client, target), client.entitiesFrom(target)]);
  // Without the dry run, only what the catalog has made tells what is in the file.
  const blind = reading.kind === 'untried' || reading.kind === 'duplicate';
  const known =
    blind && indexed.every(isLocation) ? [...indexed, ...(await findByName(connection))] : indexed;
  await tellReading(connection, reading, known);

  const entities = reading.kind === 'read' ? reading.entities : known;
  // The dry run refused what the catalog accepts, and did not say what is in the file.
  if (reading.kind === 'duplicate' && known.every(isLocation))
    return register(connection, componentRef(inputs, repository), undefined, known);
  const file = chooseComponent(entities, inputs, repository);
  await register(connection, refOf(file), reading.kind === 'read' ? file : undefined, known);
}

function repositoryOf(owner: Owner): Repository {
  if ('name' in owner) return owner as Repository;
  throw new Failure(
    'Backstage tells only of a repository whether it can read it.',
    'Set repository to one of the organization that has a catalog file.',
  );
}
