import type { HostedRepository, State } from './state.ts';

/** The answer of Azure DevOps, with the headers that matter. */
export interface AzureAnswer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/**
 * `GET …/_apis/git/repositories/{repositoryId}`, and `…/items` below it, of Azure DevOps, with the answers that it has for tokens that do not
 * work: 203 and a sign-in page, or 401 to clients that ask for that.
 *
 * @param path below the base URL
 * @param query `path` names the file of an item
 */
export function answerAzureDevOps(
  state: State,
  path: string,
  query: URLSearchParams,
  headers: Record<string, string | string[] | undefined>,
): AzureAnswer {
  const refusal = refuse(
    state,
    String(headers.authorization ?? ''),
    headers['x-tfs-fedauthredirect'] !== undefined,
  );
  if (refusal) return refusal;
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  const marker = segments.indexOf('_apis');
  const [organization = '', project] = segments.slice(0, marker);
  const wanted = segments[marker + 3];
  const repository = state.repositories['azure-devops'].find(
    (one) =>
      equal(one.organization, organization) &&
      (project === undefined || equal(one.project, project) || equal(one.projectId, project)) &&
      (equal(one.id, wanted) || (project !== undefined && equal(one.name, wanted))),
  );
  if (!repository)
    return {
      status: 404,
      body: {
        message: `TF401019: The Git repository with name or identifier ${wanted} does not exist or you do not have permissions.`,
      },
    };
  if (segments[marker + 4] === 'items') return itemOf(repository, query.get('path') ?? '');
  return { status: 200, body: viewRepository(repository) };
}

/** `GitRepository`, whose addresses have the exact names. */
function viewRepository({ id, name, project = '', projectId, organization, disabled }: HostedRepository) {
  const [owner, inProject, named] = [organization, project, name].map(encodeURIComponent);
  return {
    id,
    name,
    url: `https://dev.azure.com/${owner}/${projectId}/_apis/git/repositories/${id}`,
    project: { id: projectId, name: project },
    remoteUrl: `https://${owner}@dev.azure.com/${owner}/${inProject}/_git/${named}`,
    isDisabled: disabled ?? false,
  };
}

function itemOf({ files }: HostedRepository, path: string): AzureAnswer {
  const text = files?.[path];
  if (text === undefined)
    return {
      status: 404,
      body: {
        message: `TF401174: The item ${path} could not be found.`,
        typeKey: 'GitItemNotFoundException',
      },
    };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: text };
}

function refuse(state: State, authorization: string, suppressed: boolean): AzureAnswer | undefined {
  const [scheme, value = ''] = authorization.split(' ');
  if (scheme === 'Bearer' && state.jobTokens.has(value)) return undefined;
  const pat = scheme === 'Basic' ? Buffer.from(value, 'base64').toString().replace(/^:/u, '') : '';
  const known = state.pats.get(pat);
  if (known === 'valid') return undefined;
  if (known === 'expired') {
    const reason = 'Access Denied: The Personal Access Token used has expired.';
    return {
      status: 401,
      headers: { 'x-tfs-serviceerror': encodeURIComponent(reason) },
      body: { message: reason },
    };
  }
  if (known === 'without scope' || suppressed) return { status: 401, body: '' };
  return {
    status: 203,
    headers: { 'content-type': 'text/html' },
    body: '<html><title>Sign In</title></html>',
  };
}

function equal(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
