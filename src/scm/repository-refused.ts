import { Failure } from '../errors.ts';
import type { HttpResponse } from '../http/http.ts';
import { fullName, type Repository } from '../repository.ts';
import { oneLine } from '../text.ts';
import { isVersionRefused, TOO_OLD } from './api-version.ts';
import type { AzureDevOpsSecret, PatTrial } from './azure-devops.ts';
import { isSignIn, serviceMessage } from './service-answer.ts';

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
export const NO_REPOSITORY = '0b0a0c0d-9f2e-4d6b-8c1a-5e7f3a2b1c4d';

/** Why it was refused, as far as Azure DevOps tells: it answers 401 to a missing scope and 404 to a missing right. */
export function refused(
  repository: Repository,
  url: URL,
  response: HttpResponse,
  secret: AzureDevOpsSecret,
): RepositoryRefused {
  const what = 'pat' in secret ? 'the azure-devops-pat' : "the job's own token (System.AccessToken)";
  const { status } = response;
  const says = serviceMessage(response);
  const where =
    repository.id === NO_REPOSITORY
      ? `in the organization ${repository.organization}`
      : `read the repository ${fullName(repository)}`;
  const attempt =
    `Azure DevOps did not let ${what} ${where}: GET ${url.pathname}, status ${status}. ${oneLine(says, 200)}`
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
  if (isVersionRefused(response)) return because('unknown', TOO_OLD);
  if (isSignIn(response))
    return because(
      'refused',
      'The token is mistyped, revoked, made for another organization, or lacks the scope Code: Read.',
    );
  // Anything else says nothing of the token; a 403 may pass, as conditional access asks people to sign in again.
  return because('unknown', status === 403 ? SIGN_IN_AGAIN : CHECK_ADDRESS);
}

const SIGN_IN_AGAIN =
  'Check that the owner of the token can sign in to Azure DevOps, and that its policies allow requests from this runner.';
const CHECK_ADDRESS =
  'Check azure-devops-url, and that no proxy and no sign-in page answers in place of Azure DevOps.';

/** An answer with status 200 that describes no repository says nothing of the token. */
export function unreadable(url: URL, came: string): RepositoryRefused {
  return new RepositoryRefused(
    200,
    'unknown',
    `Azure DevOps answered GET ${url.pathname} with status 200, but not with a repository: ${came}.`,
    CHECK_ADDRESS,
  );
}
