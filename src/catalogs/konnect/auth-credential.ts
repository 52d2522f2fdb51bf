import type { Ensurable } from '../../ensure.ts';
import { Failure } from '../../errors.ts';
import { aheadThen, type Connection, integrationsPage } from './connection.ts';
import { KonnectError } from './errors.ts';
import { ailmentOf } from './health.ts';
import { readManifest } from './manifest.ts';
import { marks, PAT_LABEL, patMark } from './naming.ts';
import { claimRotation, RotatedMeanwhile } from './rotation.ts';
import { AuthCredential, type IntegrationInstance } from './schemas.ts';

/** The instance's credential, or undefined when it has none. */
export async function readCredential(
  { client }: Connection,
  instance: IntegrationInstance,
): Promise<AuthCredential | undefined> {
  try {
    return await client.get(pathOf(instance), AuthCredential);
  } catch (error) {
    if (error instanceof KonnectError && error.status === 404) return undefined;
    throw error;
  }
}

function pathOf(instance: IntegrationInstance): string {
  return `/integration-instances/${instance.id}/auth-credential`;
}

/**
 * The instance's credential, made from the PAT. There is one at most, and it cannot be changed: to replace it is
 * to delete it and to make another, which keeps the instance's resources and mappings.
 *
 * @param pat the PAT that it is to be made from
 * @param ahead the first {@link readCredential}
 * @param fresh whether the instance was made in this run
 */
export function credential(
  connection: Connection,
  instance: IntegrationInstance,
  pat: string,
  ahead: Promise<AuthCredential | undefined>,
  fresh: boolean,
): Ensurable<AuthCredential> {
  const { client, clock, inputs } = connection;
  let first: AuthCredential | undefined;
  let removing = false;
  const read = aheadThen(ahead, () => readCredential(connection, instance));
  const guarded = (error: unknown) => {
    throw removing && !(error instanceof CredentialRemoved)
      ? new CredentialRemoved(connection, instance, error)
      : error;
  };

  function store(headers: string[]): Promise<AuthCredential> {
    const body = { type: 'multi_key_auth', config: { headers: headers.map((name) => ({ name, key: pat })) } };
    return client.post(pathOf(instance), body, AuthCredential, { critical: removing }).catch(guarded);
  }

  return {
    title: `credential of the integration "${instance.name}"`,
    repair: 'replaced',
    fresh,
    hidden: 'Give the catalog-token the role Integration Admin, and run the step again.',
    async find() {
      const found = await read().catch(guarded);
      first ??= found;
      if (found) removing = false;
      return found;
    },
    differs(found) {
      if (inputs.rotateCredential === 'never') return [];
      const ailment = ailmentOf(found, clock.now());
      if (ailment) return [`it is ${ailment}`];
      // Only the one that was there before this run: what came since is new already.
      if (inputs.rotateCredential === 'always' && found.id === first?.id)
        return ['rotate-credential is always'];
      const mark = instance.labels?.[PAT_LABEL];
      if (!marks(mark, found.id)) return [];
      return mark === patMark(instance.id, found.id, pat) ? [] : ['it was made from another PAT'];
    },
    permit: () => connection.provePat('The credential needs a PAT.'),
    create: async () => store(await headerNames(connection).catch(guarded)),
    async update(found) {
      // Whatever can fail is asked before there is a moment without a credential.
      const headers = await headerNames(connection);
      await claimRotation(connection, instance);
      const current = await readCredential(connection, instance);
      if (current && current.id !== found.id) throw new RotatedMeanwhile();
      removing = true;
      if (current) await remove();
      return store(headers);
    },
  };

  async function remove(): Promise<void> {
    try {
      await client.delete(pathOf(instance), { critical: true });
    } catch (error) {
      if (error instanceof KonnectError && error.status === 404) return;
      removing = (error as { maybeProcessed?: boolean }).maybeProcessed === true;
      guarded(error);
    }
  }
}

/** There is no credential at the moment. It keeps what the engine decides by. */
export class CredentialRemoved extends Failure {
  override readonly name = 'CredentialRemoved';
  readonly conflict: boolean | undefined;
  readonly maybeProcessed: boolean | undefined;

  constructor(connection: Connection, instance: IntegrationInstance, cause: unknown) {
    const { conflict, maybeProcessed } = cause as { conflict?: boolean; maybeProcessed?: boolean };
    const why = cause instanceof Error ? cause.message : String(cause);
    const cure = cause instanceof Failure && cause.cure ? ` ${cause.cure}` : '';
    super(
      `The old credential of the integration "${instance.name}" was removed, but the new one could not be stored: Konnect cannot read the organization until this is repaired. ${why}`,
      `Run this step again: it stores the credential. Or paste the PAT at ${integrationsPage(connection)}.${cure}`,
    );
    this.conflict = conflict;
    this.maybeProcessed = maybeProcessed;
  }
}

async function headerNames(connection: Connection): Promise<string[]> {
  const manifest = await readManifest(connection);
  const headers = manifest?.authorization?.config?.headers?.map(({ name }) => name) ?? [];
  if (manifest?.authorization?.type === 'multi_key_auth' && headers.length === 1) return headers;
  throw new Failure(
    `Konnect's ${connection.repository.provider} integration does not take one token in one header any more, so the credential cannot be made here.`,
    `Authorize it at ${integrationsPage(connection)}, and report this.`,
  );
}
