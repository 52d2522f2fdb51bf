import { number, object, optional, safeParse, string } from 'valibot';
import { Failure, messageOf } from '../errors.ts';
import type { Http, HttpResponse } from '../http/http.ts';
import { parseJson } from '../http/json.ts';
import { fullName, type Owner, type Repository } from '../repository.ts';
import { oneLine } from '../text.ts';

/** Reads of Azure DevOps, each with the secret that it is made with. The same read is made once. */
export interface AzureDevOps {
  /**
   * The repository as Azure DevOps describes it, with its ID and its exact names.
   *
   * @throws {RepositoryRefused} when this secret cannot read it
   */
  read(repository: Repository, secret: AzureDevOpsSecret): Promise<Repository>;
  /**
   * The text of a file on the default branch, asked for as Backstage asks; undefined where there is no such file.
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

export type PatTrial = { result: 'works' } | { result: 'expired' | 'refused' | 'unknown'; why: string };

/** A personal access token, or the token of a pipeline's job (`System.AccessToken`). */
export type AzureDevOpsSecret = { pat: string } | { jobToken: string };

/** `GitRepository` ("Repositories - Get Repository", api-version 7.1). */
const GitRepository = object({
  id: string(),
  name: string(),
  project: object({ id: string(), name: string() }),
});
const ServiceError = object({ message: string(), eventId: optional(number()) });

/** Azure DevOps did not let a secret read a repository. */
export class RepositoryRefused extends Failure {
  override readonly name = 'RepositoryRefused';
  readonly status: number;
  /** What it says of the secret: `works` where only the repository is missing. */
  readonly secret: PatTrial['result'];

  constructor(status: number, secret: PatTrial['result'], message: string, cure: string) {
    super(message, cure);
    this.status = status;
    this.secret = secret;
  }
}

/** The ID of no repository: to look for it is the smallest read that needs the scope Code: Read. */
const NO_REPOSITORY = '0b0a0c0d-9f2e-4d6b-8c1a-5e7f3a2b1c4d';

export function azureDevOps(http: Http): AzureDevOps {
  const reads = new Map<string, Promise<Repository>>();

  async function ask(repository: Repository, secret: AzureDevOpsSecret): Promise<Repository> {
    const response = await http.send({
      method: 'GET',
      url: address(repository),
      headers: azureDevOpsHeaders(secret),
    });
    const found = response.status === 200 ? safeParse(GitRepository, parseJson(response.text)) : undefined;
    if (!found?.success) throw refused(repository, response, secret);
    const { id, name, project } = found.output;
    return { ...repository, id, name, project: project.name, projectId: project.id };
  }

  function read(repository: Repository, secret: AzureDevOpsSecret): Promise<Repository> {
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
      const url = new URL(`${host}/${path.join('/')}/items?api-version=6.0&path=${encodeURIComponent(file)}`);
      const headers = { ...azureDevOpsHeaders(secret), accept: '*/*' };
      const response = await http.send({ method: 'GET', url, headers });
      if (response.status === 200) return response.text;
      if (response.status === 404 && /GitItemNotFound|TF401174/u.test(response.text)) return undefined;
      throw refused(repository, response, secret);
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

function address({ host, organization, project, name, id }: Repository): URL {
  const segments = id ? [organization] : [organization, project ?? name];
  const path = [...segments, '_apis', 'git', 'repositories', id ?? name].map(encodeURIComponent).join('/');
  return new URL(`${host}/${path}?api-version=7.1`);
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

/** Why it was refused, as far as Azure DevOps tells: it answers 401 to a missing scope and 404 to a missing right. */
function refused(
  repository: Repository,
  response: HttpResponse,
  secret: AzureDevOpsSecret,
): RepositoryRefused {
  const what = 'pat' in secret ? 'the azure-devops-pat' : "the job's own token (System.AccessToken)";
  const { status } = response;
  const says = azureDevOpsMessage(response);
  const where =
    repository.id === NO_REPOSITORY
      ? `in the organization ${repository.organization}`
      : `read the repository ${fullName(repository)}`;
  const attempt =
    `Azure DevOps did not let ${what} ${where}: GET ${address(repository).pathname}, status ${status}. ${says}`
      .trim()
      .replace(/(?<![.!?])$/u, '.');
  const because = (result: PatTrial['result'], cure: string) =>
    new RepositoryRefused(status, result, attempt, cure);
  if ([401, 203, 302].includes(status) && /\bexpired\b/iu.test(says))
    return because(
      'expired',
      'The PAT has expired. Make a new one (Code: Read, this organization only) and put it into the secret.',
    );
  if (status === 404)
    return because(
      // Where the organization does not exist, a page for people says so.
      says ? 'works' : 'unknown',
      `Check the name of the repository, and that the owner of the token may read it${'pat' in secret ? '' : ' (pipelines see only the repositories that their job authorization scope allows)'}.`,
    );
  if (status >= 500 || status === 429)
    return because('unknown', 'Azure DevOps is not well or throttles. Run the step again.');
  // Anything else says nothing of the token; a 403 may pass, as conditional access asks people to sign in again.
  const signIn = /\/_signin\b/u.test([response.headers.location].flat()[0] ?? '');
  return because(
    status === 401 || status === 203 || (status === 302 && signIn) ? 'refused' : 'unknown',
    'The token is mistyped, revoked, made for another organization, or lacks the scope Code: Read.',
  );
}

/** `X-TFS-ServiceError` says, URL-encoded, what the body of a 401 does not. */
export function azureDevOpsMessage(response: HttpResponse): string {
  const header = [response.headers['x-tfs-serviceerror']].flat()[0];
  if (header) {
    try {
      return oneLine(decodeURIComponent(header), 200);
    } catch {
      return oneLine(header, 200);
    }
  }
  const body = safeParse(ServiceError, parseJson(response.text));
  return body.success ? oneLine(body.output.message, 200) : '';
}
