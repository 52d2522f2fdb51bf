import { aheadThen } from '../../ahead.ts';
import { type Ensurable, ensure, FRESH } from '../../ensure.ts';
import { Failure, messageOf } from '../../errors.ts';
import { patDigest } from '../../scm/pat.ts';
import { type Access, type Connection, instancePath, integrationsPage } from './connection.ts';
import { KonnectError } from './errors.ts';
import { ailmentOf } from './health.ts';
import { readManifest } from './manifest.ts';
import { claimRotation, newClaim, RotatedMeanwhile, storedDigest } from './rotation.ts';
import { AuthCredential, type IntegrationInstance } from './schemas.ts';

/** The instance's credential, or undefined when it has none. */
export async function readCredential(
  { client }: Access,
  instance: IntegrationInstance,
  critical = false,
): Promise<AuthCredential | undefined> {
  try {
    return await client.get(pathOf(instance), AuthCredential, { critical });
  } catch (error) {
    if (error instanceof KonnectError && error.status === 404) return undefined;
    throw error;
  }
}

function pathOf(instance: IntegrationInstance): string {
  return `${instancePath(instance)}/auth-credential`;
}

/**
 * The instance's credential, made from the PAT. There is one at most, and it cannot be changed: to replace it is
 * to delete it and to make another, which keeps the instance's resources and mappings.
 *
 * @param pat the PAT that it is to be made from
 * @param ahead the first {@link readCredential}
 * @param existed whether the instance was there before this run
 */
export function credential(
  connection: Connection,
  instance: IntegrationInstance,
  pat: string,
  ahead: Promise<AuthCredential | undefined>,
  existed: boolean,
): Ensurable<AuthCredential> {
  const { clock, inputs, progress } = connection;
  const digest = patDigest(instance.id, pat);
  const claim = newClaim(digest);
  let first: AuthCredential | undefined;
  const read = aheadThen(ahead, () => readCredential(connection, instance));
  return {
    title: `credential of the integration "${instance.name}"`,
    repair: 'replaced',
    hidden: 'Give the catalog-token the role Integration Admin, and run the step again.',
    settling: existed ? [] : FRESH,
    async find() {
      const found = await read();
      first ??= found;
      return found;
    },
    differs(found) {
      if (inputs.rotateCredential === 'never') return [];
      const ailment = ailmentOf(found, clock.now());
      if (ailment) return [`it is ${ailment}`];
      // Only the one that was there before this run: what came since is new already.
      if (inputs.rotateCredential === 'always' && found.id === first?.id)
        return ['rotate-credential is always'];
      const stored = storedDigest(instance, found);
      if (stored === undefined && found.id === first?.id)
        progress.info(
          'It is not known which PAT the credential was made from, so it is left alone (rotate-credential: always replaces it).',
        );
      return stored === undefined || stored === digest ? [] : ['it was made from another PAT'];
    },
    permit: () => connection.provePat('The credential needs a PAT.'),
    create: async () => store(connection, instance, await headerNames(connection), pat),
    async update(found) {
      // Whatever can fail is asked before there is a moment without a credential.
      const headers = await headerNames(connection);
      await claimRotation(connection, instance, claim);
      const current = await readCredential(connection, instance);
      if (current?.id !== found.id) throw new RotatedMeanwhile();
      return replace(connection, instance, found, headers, pat);
    },
  };
}

function store(
  { client }: Connection,
  instance: IntegrationInstance,
  headers: string[],
  pat: string,
  critical = false,
): Promise<AuthCredential> {
  const body = { type: 'multi_key_auth', config: { headers: headers.map((name) => ({ name, key: pat })) } };
  return client.post(pathOf(instance), body, AuthCredential, { critical });
}

/** Statuses that are tried again while there is no credential: to give up at the first would leave it so. */
const WITHOUT_CREDENTIAL: readonly number[] = [401, 403, 404, 429];

/**
 * Deletes the old credential and stores the new one. From the first to the second nothing ends it: neither the
 * deadline nor a cancelled run.
 *
 * @throws {CredentialRemoved} when the old one is gone, and no new one could be stored
 */
async function replace(
  connection: Connection,
  instance: IntegrationInstance,
  old: AuthCredential,
  headers: string[],
  pat: string,
): Promise<AuthCredential> {
  let removed = false;
  let stored = false;
  const storeNew = async () => {
    try {
      const made = await store(connection, instance, headers, pat, true);
      stored = true;
      return made;
    } catch (error) {
      stored = (error as { maybeProcessed?: boolean }).maybeProcessed === true;
      throw error;
    }
  };
  const replacement: Ensurable<AuthCredential> = {
    title: `credential of the integration "${instance.name}"`,
    hidden: 'Give the catalog-token the role Integration Admin, and run the step again.',
    get settling() {
      return removed ? WITHOUT_CREDENTIAL : [404];
    },
    async find() {
      const found = await readCredential(connection, instance, true);
      removed = found?.id !== old.id;
      return found;
    },
    differs: (found) => (found.id === old.id ? ['it is the old one'] : []),
    create: storeNew,
    async update() {
      await connection.client.delete(pathOf(instance), { critical: true });
      removed = true;
      return storeNew();
    },
  };
  try {
    const { value } = await ensure(replacement, { plan: false, clock: connection.steadyClock });
    // In the moment without one, another run stored its own: that is not of our PAT.
    if (!stored || !value) throw new RotatedMeanwhile();
    return value;
  } catch (error) {
    throw removed && !(error instanceof RotatedMeanwhile)
      ? new CredentialRemoved(connection, instance, error)
      : error;
  }
}

/** There is no credential at the moment. */
export class CredentialRemoved extends Failure {
  override readonly name = 'CredentialRemoved';

  constructor(connection: Connection, instance: IntegrationInstance, cause: unknown) {
    const cure = cause instanceof Failure && cause.cure ? ` ${cause.cure}` : '';
    super(
      `The old credential of the integration "${instance.name}" was removed, but the new one could not be stored: Konnect cannot read the organization until this is repaired. ${messageOf(cause)}`,
      `Run this step again: it stores the credential. Or paste the PAT at ${integrationsPage(connection)}.${cure}`,
    );
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
