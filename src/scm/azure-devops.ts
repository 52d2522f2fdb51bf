import { number, object, optional, safeParse, string } from 'valibot';
import { Failure } from '../errors.ts';
import type { Http, HttpResponse } from '../http/http.ts';
import { fullName, type Repository } from '../repository.ts';
import { oneLine } from '../text.ts';

/** Reads of Azure DevOps, each with the secret that it is made with. */
export interface AzureDevOps {
  /**
   * The repository as Azure DevOps describes it, with its ID and its exact names.
   *
   * @throws {RepositoryRefused} when this secret cannot read it
   */
  read(repository: Repository, secret: AzureDevOpsSecret): Promise<Repository>;
}

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

  constructor(status: number, message: string, cure: string) {
    super(message, cure);
    this.status = status;
  }
}

export function azureDevOps(http: Http): AzureDevOps {
  return {
    async read(repository, secret) {
      const response = await http.send({ method: 'GET', url: address(repository), headers: headers(secret) });
      const found = response.status === 200 ? safeParse(GitRepository, json(response)) : undefined;
      if (!found?.success) throw refused(repository, response, secret);
      const { id, name, project } = found.output;
      return { ...repository, id, name, project: project.name, projectId: project.id };
    },
  };
}

function address({ host, organization, project, name, id }: Repository): URL {
  const segments = id ? [organization] : [organization, project ?? name];
  const path = [...segments, '_apis', 'git', 'repositories', id ?? name].map(encodeURIComponent).join('/');
  return new URL(`${host}/${path}?api-version=7.1`);
}

function headers(secret: AzureDevOpsSecret): Record<string, string> {
  const authorization =
    'pat' in secret
      ? `Basic ${Buffer.from(`:${secret.pat}`).toString('base64')}`
      : `Bearer ${secret.jobToken}`;
  // Without this header, a bad token is answered with a sign-in page and status 203 or 302.
  return { authorization, 'x-tfs-fedauthredirect': 'Suppress' };
}

function json(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.text);
  } catch {
    return undefined;
  }
}

/** Why it was refused, as far as Azure DevOps tells: it answers 401 to a missing scope and 404 to a missing right. */
function refused(
  repository: Repository,
  response: HttpResponse,
  secret: AzureDevOpsSecret,
): RepositoryRefused {
  const what = 'pat' in secret ? 'the azure-devops-pat' : "the job's own token (System.AccessToken)";
  const says = serverMessage(response);
  const attempt = `Azure DevOps did not let ${what} read the repository ${fullName(repository)}: GET ${address(repository).pathname}, status ${response.status}${says && `. ${says}`}`;
  if (/\bexpired\b/iu.test(says))
    return new RepositoryRefused(
      response.status,
      attempt,
      'The PAT has expired. Make a new one (Code: Read, this organization only) and put it into the secret.',
    );
  if (response.status === 404)
    return new RepositoryRefused(
      response.status,
      attempt,
      `Check the name of the repository, and that the owner of the token may read it${'pat' in secret ? '' : ' (pipelines see only the repositories that their job authorization scope allows)'}.`,
    );
  const kept = response.status >= 500 || response.status === 429;
  if (kept)
    return new RepositoryRefused(
      response.status,
      attempt,
      'Azure DevOps is not well or throttles. Run the step again.',
    );
  return new RepositoryRefused(
    response.status,
    attempt,
    'The token is mistyped, revoked, made for another organization, or lacks the scope Code: Read.',
  );
}

/** `X-TFS-ServiceError` says, URL-encoded, what the body of a 401 does not. */
function serverMessage(response: HttpResponse): string {
  const header = [response.headers['x-tfs-serviceerror']].flat()[0];
  if (header) {
    try {
      return oneLine(decodeURIComponent(header), 200);
    } catch {
      return oneLine(header, 200);
    }
  }
  const body = safeParse(ServiceError, json(response));
  return body.success ? oneLine(body.output.message, 200) : '';
}
