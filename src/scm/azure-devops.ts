import { boolean, nullish, object, string } from 'valibot';
import { readAnswer } from '../answer.ts';
import { segmentsOf } from '../azure-address.ts';
import { messageOf } from '../errors.ts';
import type { Http, HttpResponse } from '../http/http.ts';
import type { Owner, Repository } from '../repository.ts';
import { API_VERSION, isVersionRefused, REPOSITORY_VERSION } from './api-version.ts';
import { NO_REPOSITORY, RepositoryRefused, refused, unreadable } from './repository-refused.ts';

/** Reads of Azure DevOps, each with the secret that it is made with. The same read is made once. */
export interface AzureDevOps {
  /**
   * The repository as Azure DevOps describes it, with its ID and its exact names.
   *
   * @throws {RepositoryRefused} when this secret cannot read it
   */
  read(repository: Repository, secret: AzureDevOpsSecret): Promise<ExactRepository>;
  /**
   * The text of a file on the default branch; undefined where there is no such file.
   *
   * @param file a path from the root
   * @throws {RepositoryRefused} when this secret cannot read it
   */
  readFile(repository: Repository, file: string, secret: AzureDevOpsSecret): Promise<string | undefined>;
  /**
   * Whether a PAT works in an organization, with the scope Code: Read.
   *
   * @param repository one to try it with; any organization refuses a bad PAT before it looks for the repository
   */
  tryPat(owner: Owner, pat: string, repository?: Repository): Promise<PatTrial>;
}

export interface ExactRepository extends Repository {
  /** Nobody can read it while it is; false also where a Server is too old to say (before 2022). */
  disabled: boolean;
}

export type PatTrial = { result: 'works' } | { result: 'expired' | 'refused' | 'unknown'; why: string };

/** A personal access token, or the token of a pipeline's job (`System.AccessToken`). */
export type AzureDevOpsSecret = { pat: string } | { jobToken: string };

/** `GitRepository` ("Repositories - Get Repository", api-version 5.0). */
const GitRepository = object({
  id: string(),
  name: string(),
  project: object({ id: string(), name: string() }),
  url: nullish(string()),
  remoteUrl: nullish(string()),
  isDisabled: nullish(boolean()),
});

const CLOUD = 'https://dev.azure.com';

export function azureDevOps(http: Http): AzureDevOps {
  const reads = new Map<string, Promise<ExactRepository>>();
  /** The hosts that have no newer version of the API than all have. */
  const older = new Set<string>();

  async function describe(repository: Repository, secret: AzureDevOpsSecret): Promise<HttpResponse> {
    const { host } = repository;
    const headers = azureDevOpsHeaders(secret);
    const get = (version: string) => http.send({ method: 'GET', url: address(repository, version), headers });
    if (older.has(host)) return get(API_VERSION);
    const response = await get(REPOSITORY_VERSION);
    // Azure DevOps Server 2019 answers some calls of a newer version with 401 (vsts-rest-api-specs#333).
    const mayBeOlder = response.status === 401 && host !== CLOUD;
    if (!mayBeOlder && !isVersionRefused(response)) return response;
    const again = await get(API_VERSION);
    if (again.status !== 401) older.add(host);
    return again;
  }

  async function ask(repository: Repository, secret: AzureDevOpsSecret): Promise<ExactRepository> {
    const response = await describe(repository, secret);
    if (response.status !== 200) throw refused(repository, address(repository), response, secret);
    const found = readAnswer(GitRepository, response.text);
    if (!found.success) throw unreadable(address(repository), found.came);
    const { id, name, project, url, remoteUrl, isDisabled } = found.output;
    const organization = spelled(repository.organization, [url, remoteUrl]);
    return {
      ...repository,
      organization,
      id,
      name,
      project: project.name,
      projectId: project.id,
      disabled: isDisabled === true,
    };
  }

  function read(repository: Repository, secret: AzureDevOpsSecret): Promise<ExactRepository> {
    const key = JSON.stringify([address(repository), secret]);
    const reading = reads.get(key) ?? ask(repository, secret);
    reads.set(key, reading);
    return reading;
  }

  return {
    read,
    async readFile(repository, file, secret) {
      const { host, organization, project, name } = repository;
      const path = [organization, project ?? name, '_apis', 'git', 'repositories', name].map(
        encodeURIComponent,
      );
      const url = new URL(
        `${host}/${path.join('/')}/items?api-version=${API_VERSION}&path=${encodeURIComponent(file)}`,
      );
      const headers = { ...azureDevOpsHeaders(secret), accept: '*/*' };
      const response = await http.send({ method: 'GET', url, headers });
      if (response.status === 200) return response.text;
      if (response.status === 404 && /GitItemNotFound|TF401174/u.test(response.text)) return undefined;
      throw refused(repository, url, response, secret);
    },
    async tryPat(owner, pat, repository = { ...owner, id: NO_REPOSITORY, name: NO_REPOSITORY }) {
      try {
        await read(repository, { pat });
        return { result: 'works' };
      } catch (error) {
        const result = error instanceof RepositoryRefused ? error.secret : 'unknown';
        return result === 'works' ? { result } : { result, why: messageOf(error) };
      }
    },
  };
}

function address({ host, organization, project, name, id }: Repository, version: string = API_VERSION): URL {
  const segments = id ? [organization] : [organization, project ?? name];
  const path = [...segments, '_apis', 'git', 'repositories', id ?? name].map(encodeURIComponent).join('/');
  return new URL(`${host}/${path}?api-version=${version}`);
}

/** An organization as its own addresses spell it; those of `visualstudio.com` have it in the host, without its case. */
function spelled(organization: string, addresses: (string | null | undefined)[]): string {
  const segments = addresses.flatMap((address) =>
    address && URL.canParse(address) && !new URL(address).hostname.endsWith('.visualstudio.com')
      ? segmentsOf(address)
      : [],
  );
  return segments.find((segment) => segment.toLowerCase() === organization.toLowerCase()) ?? organization;
}

/** @returns the headers of every request to Azure DevOps */
export function azureDevOpsHeaders(secret: AzureDevOpsSecret): Record<string, string> {
  const authorization =
    'pat' in secret
      ? `Basic ${Buffer.from(`:${secret.pat}`).toString('base64')}`
      : `Bearer ${secret.jobToken}`;
  // Without this header, a bad token is answered with a sign-in page and status 203 or 302.
  return { authorization, 'x-tfs-fedauthredirect': 'Suppress' };
}
