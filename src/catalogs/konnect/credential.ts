import type { Ensurable } from '../../ensure.ts';
import { explain, Failure } from '../../errors.ts';
import { oneLine } from '../../text.ts';
import type { CredentialStatus } from '../catalog.ts';
import { aheadThen, type Connection, integrationsPage } from './connection.ts';
import { KonnectError } from './errors.ts';
import { readManifest } from './manifest.ts';
import { marks, PAT_LABEL, patMark } from './naming.ts';
import { AuthCredential, IntegrationInstance } from './schemas.ts';

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
 */
export function credential(
  connection: Connection,
  instance: IntegrationInstance,
  pat: string,
  ahead: Promise<AuthCredential | undefined>,
): Ensurable<AuthCredential> {
  const { client, clock, inputs } = connection;
  let first: AuthCredential | undefined;
  let removing = false;
  const read = aheadThen(ahead, () => readCredential(connection, instance));
  const guarded = (error: unknown) => {
    throw removing ? afterRemoval(connection, instance, error) : error;
  };

  function store(headers: string[]): Promise<AuthCredential> {
    const body = { type: 'multi_key_auth', config: { headers: headers.map((name) => ({ name, key: pat })) } };
    return client.post(pathOf(instance), body, AuthCredential).catch(guarded);
  }

  return {
    title: `credential of the integration "${instance.name}"`,
    repair: 'replaced',
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
      const stale = marks(mark, found.id) && mark !== patMark(instance.id, found.id, pat);
      return stale ? ['it was made from another PAT'] : [];
    },
    permit: () => connection.provePat('The credential needs a PAT.'),
    create: async () => store(await headerNames(connection).catch(guarded)),
    async update(found) {
      // Whatever can fail is asked before there is a moment without a credential.
      const headers = await headerNames(connection);
      const current = await readCredential(connection, instance);
      if (current && current.id !== found.id) throw new ReplacedMeanwhile();
      removing = true;
      if (current) await remove();
      return store(headers);
    },
  };

  async function remove(): Promise<void> {
    try {
      await client.delete(pathOf(instance));
    } catch (error) {
      if (error instanceof KonnectError && error.status === 404) return;
      removing = (error as { maybeProcessed?: boolean }).maybeProcessed === true;
      guarded(error);
    }
  }
}

/** Another run was faster: what it made is looked at instead. */
class ReplacedMeanwhile extends Failure {
  readonly conflict = true;

  constructor() {
    super('Another run keeps replacing the credential.', 'Run the step again.');
  }
}

/** Keeps what the engine decides by: whether the write may have happened, or met another's. */
function afterRemoval(connection: Connection, instance: IntegrationInstance, error: unknown): Failure {
  const { conflict, maybeProcessed } = error as { conflict?: boolean; maybeProcessed?: boolean };
  const why = error instanceof Error ? error.message : String(error);
  const failure = new Failure(
    `The old credential of the integration "${instance.name}" was removed, but the new one could not be stored: Konnect cannot read the organization until this is repaired. ${why}`,
    `Run this step again: it stores the credential. Or paste the PAT at ${integrationsPage(connection)}.`,
  );
  return Object.assign(failure, { conflict, maybeProcessed });
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

/** Notes on the instance which PAT its credential was made from, so that a later run knows a rotated one. */
export async function notePat(
  connection: Connection,
  instance: IntegrationInstance,
  made: AuthCredential,
  pat: string,
): Promise<void> {
  // Konnect merges labels: those that are not named stay (Kong/kongctl relies on it, labels/labels.go).
  const labels = { [PAT_LABEL]: patMark(instance.id, made.id, pat) };
  try {
    await connection.client.patch(`/integration-instances/${instance.id}`, { labels }, IntegrationInstance);
  } catch (error) {
    connection.progress.warning(
      `The credential is stored, but not which PAT it was made from; the next rotation needs rotate-credential: always. ${explain(error)}`,
    );
  }
}

function ailmentOf(found: AuthCredential, now: number): 'tainted' | 'expired' | undefined {
  if (found.tainted) return 'tainted';
  return found.expires_at !== null && Date.parse(found.expires_at) <= now ? 'expired' : undefined;
}

/** @param fresh whether this run made it: the instance that was read before does not know of it */
export function statusOf(
  instance: IntegrationInstance,
  found: AuthCredential | undefined,
  now: number,
  fresh: boolean,
): CredentialStatus {
  if (!found) return 'missing';
  return ailmentOf(found, now) ?? (instance.authorized || fresh ? 'valid' : 'unauthorized');
}

/** What is not well with a credential that we leave alone, and what to do; undefined when all is well. */
export function adviceFor(connection: Connection, status: CredentialStatus): string | undefined {
  if (status === 'valid') return undefined;
  const cure =
    connection.repository.provider !== 'azure-devops'
      ? `authorize it at ${integrationsPage(connection)}`
      : connection.inputs.rotateCredential === 'never'
        ? 'run the step with rotate-credential: auto and a PAT that works'
        : 'set azure-devops-pat to a PAT with the scope Code: Read in this organization, and this step will replace it';
  const state = {
    missing: 'is missing',
    tainted: 'was refused by the host (tainted)',
    expired: 'has expired',
    unauthorized: 'is not authorized',
  }[status];
  return `The credential of the integration ${state}: Konnect cannot read the repositories of "${oneLine(connection.repository.organization, 80)}". To repair it, ${cure}.`;
}

/** What Konnect misses although the credential works. */
export function missingPermissions(found: AuthCredential | undefined): string[] {
  return (found?.missing_permissions ?? []).map(({ scopes, message }) =>
    oneLine(`The credential lacks ${scopes.filter(Boolean).join(', ') || 'a permission'}: ${message}`),
  );
}
