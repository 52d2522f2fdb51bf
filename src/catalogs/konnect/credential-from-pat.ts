import { aheadThen } from '../../ahead.ts';
import { type Ensurable, FRESH } from '../../ensure.ts';
import { patDigest } from '../../scm/pat.ts';
import { headerNames, readCredential, storeCredential } from './auth-credential.ts';
import type { Connection } from './connection.ts';
import { ailmentOf } from './health.ts';
import { replaceCredential } from './replacement.ts';
import { RotatedMeanwhile, storedDigest, underClaim } from './rotation.ts';
import type { AuthCredential, IntegrationInstance } from './schemas.ts';

/**
 * The instance's credential, made from the PAT.
 *
 * @param pat the PAT that it is to be made from
 * @param ahead the first {@link readCredential}
 * @param existed whether the instance was there before this run
 */
export function credentialFromPat(
  connection: Connection,
  instance: IntegrationInstance,
  pat: string,
  ahead: Promise<AuthCredential | undefined>,
  existed: boolean,
): Ensurable<AuthCredential> {
  const { clock, inputs, progress } = connection;
  const digest = patDigest(instance.id, pat);
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
    create: async () => storeCredential(connection, instance, await headerNames(connection), pat, 'sent'),
    async update(old) {
      // Whatever can fail is asked before there is a moment without a credential.
      const headers = await headerNames(connection);
      return underClaim(connection, instance, old, digest, async (confirm) => {
        const current = await readCredential(connection, instance);
        if (current?.id !== old.id) throw new RotatedMeanwhile();
        return replaceCredential({ connection, instance, old, headers, pat, confirm });
      });
    },
  };
}
