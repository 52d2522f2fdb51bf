import { randomBytes, randomUUID } from 'node:crypto';
import type { Repository } from '../repository.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { authorizeInBrowser } from '../sandbox/state.ts';

/** The repository of the demo where the folder has no remote that a catalog reads. */
export const SAMPLE: Repository = {
  provider: 'azure-devops',
  organization: 'acme',
  project: 'shop',
  name: 'checkout-api',
  host: 'https://dev.azure.com',
};

/** Gives a sandbox an owner and something to find: the repository, and another of its name. Returns the secrets. */
export function furnish(sandbox: Sandbox, repository: Repository): { token: string; pat: string } {
  const { state } = sandbox;
  const token = `kpat_sandbox${randomBytes(8).toString('hex')}`;
  const pat = randomBytes(26).toString('hex');
  state.tokens.set(token, 'admin');
  state.pats.set(pat, 'valid');
  const { provider, organization, project, name } = repository;
  const of = (inProject: string | undefined) => ({
    organization,
    name,
    id: provider === 'azure-devops' ? randomUUID() : String(randomBytes(4).readUInt32BE()),
    ...(inProject === undefined ? {} : { project: inProject, projectId: randomUUID() }),
  });
  const ours = of(project);
  state.repositories[provider].push(ours);
  if (repository.id) ours.id = repository.id;
  if (provider === 'azure-devops') state.repositories[provider].push(of(`${project}-archive`));
  else authorizeInBrowser(state, provider);
  return { token, pat };
}
