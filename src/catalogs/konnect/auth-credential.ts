import { Failure } from '../../errors.ts';
import type { Critical } from '../../http/http.ts';
import { type Access, type Connection, instancePath, integrationsPage } from './connection.ts';
import { KonnectError } from './errors.ts';
import { readManifest } from './manifest.ts';
import { AuthCredential, type IntegrationInstance } from './schemas.ts';

/**
 * The auth credential of an integration instance, as Konnect has it. There is one at most, and it cannot be changed: to
 * replace it is to delete it and to make another, which keeps the instance's resources and mappings.
 */

/** The instance's credential, or undefined when it has none. */
export async function readCredential(
  { client }: Access,
  instance: IntegrationInstance,
  critical?: Critical,
): Promise<AuthCredential | undefined> {
  try {
    return await client.get(credentialPath(instance), AuthCredential, { critical });
  } catch (error) {
    if (error instanceof KonnectError && error.status === 404) return undefined;
    throw error;
  }
}

/** @param headers see {@link headerNames} */
export function storeCredential(
  { client }: Connection,
  instance: IntegrationInstance,
  headers: string[],
  pat: string,
  critical: Critical,
): Promise<AuthCredential> {
  const body = { type: 'multi_key_auth', config: { headers: headers.map((name) => ({ name, key: pat })) } };
  return client.post(credentialPath(instance), body, AuthCredential, { critical });
}

export function credentialPath(instance: IntegrationInstance): string {
  return `${instancePath(instance)}/auth-credential`;
}

/** The headers in which Konnect sends a credential of this integration. */
export async function headerNames(connection: Connection): Promise<string[]> {
  const manifest = await readManifest(connection);
  const headers = manifest?.authorization?.config?.headers?.map(({ name }) => name) ?? [];
  if (manifest?.authorization?.type === 'multi_key_auth' && headers.length === 1) return headers;
  throw new Failure(
    `Konnect's ${connection.repository.provider} integration does not take one token in one header any more, so the credential cannot be made here.`,
    `Authorize it at ${integrationsPage(connection)}, and report this.`,
  );
}
