import { Failure, messageOf } from '../../errors.ts';
import type { Repository } from '../../repository.ts';
import { RepositoryRefused } from '../../scm/repository-refused.ts';
import type { Progress, Surroundings } from '../catalog.ts';
import type { Connection } from './connection.ts';

/** What is asked of Azure DevOps about the repository. The same read is made once. */
export function questionsOf(
  { inputs, azureDevOps, readSecret }: Surroundings,
  repository: Repository,
  progress: Progress,
): Pick<Connection, 'provePat' | 'identify' | 'exactly' | 'exists'> {
  const { azureDevOpsPat: pat } = inputs;
  const secret = repository.provider === 'azure-devops' ? readSecret : undefined;
  return {
    async provePat(why) {
      if (pat) return void (await azureDevOps.read(repository, { pat }));
      throw new Failure(
        why,
        'Set azure-devops-pat to a personal access token with the scope Code: Read in this organization only.',
      );
    },
    async identify() {
      if (!secret) return undefined;
      try {
        return await azureDevOps.read(repository, secret);
      } catch (error) {
        // What does not exist is not waited for. Else it is a help, not a must: a PAT is judged where it is to be stored.
        if (pat && error instanceof RepositoryRefused && error.status === 404) throw error;
        progress.info(`The repository's ID is not known: ${messageOf(error)}`);
        return undefined;
      }
    },
    async exactly() {
      return secret && pat ? azureDevOps.read(repository, secret).catch(() => repository) : repository;
    },
    async exists(other) {
      if (!secret) return undefined;
      try {
        await azureDevOps.read({ ...repository, id: other }, secret);
        return true;
      } catch (error) {
        const isMissing =
          error instanceof RepositoryRefused && error.status === 404 && error.secret === 'works';
        return isMissing ? false : undefined;
      }
    },
  };
}
