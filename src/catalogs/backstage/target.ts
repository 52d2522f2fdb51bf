import type { Repository } from '../../repository.ts';

/**
 * The URL by which a catalog knows the file of a repository, spelled as Backstage's own discovery spells it: another
 * spelling would be another location. (catalog-backend-module-azure, AzureDevOpsEntityProvider.ts; -github,
 * GithubEntityProvider.ts; -gitlab, GitlabDiscoveryEntityProvider.ts.)
 *
 * @param file a path from the root, e.g. `/catalog-info.yaml`
 */
export function targetOf(
  { provider, host, organization, project, name, defaultBranch }: Repository,
  file: string,
): string {
  const branch = encodeURI(defaultBranch ?? 'main');
  const path = [organization, ...(project === undefined ? [] : [project])].join('/');
  switch (provider) {
    case 'azure-devops':
      return encodeURI(`${host}/${organization}/${project ?? name}/_git/${name}?path=${file}`);
    case 'github':
      return `${encodeURI(`${host}/${path}/${name}`)}/blob/${branch}${encodeURI(file)}`;
    case 'gitlab':
      return `${encodeURI(`${host}/${path}/${name}`)}/-/blob/${branch}${encodeURI(file)}`;
  }
}

/**
 * Whether two URLs name the same file of the same repository, however they are spelled: owner and repository in any
 * case. One of Azure DevOps may name a branch, which may be the default one: see {@link namesBranch}.
 */
export function sameFile(left: string, right: string): boolean {
  return left === right || spelled(left) === spelled(right);
}

/** Whether the URL of a file in Azure DevOps says of which branch. */
export function namesBranch(target: string): boolean {
  return URL.canParse(target) && new URL(target).searchParams.has('version');
}

function spelled(target: string): string {
  if (!URL.canParse(target)) return target;
  const { origin, pathname, searchParams } = new URL(target);
  const path = decoded(pathname);
  const file = searchParams.get('path');
  if (file !== null) return `${origin}${path.toLowerCase()}?/${file.replace(/^\/+/u, '')}`;
  const blob = path.search(/\/(?:-\/)?blob\//u);
  return `${origin}${path.slice(0, blob).toLowerCase()}${path.slice(blob)}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The repository's own page. */
export function pageOf({ provider, host, organization, project, name }: Repository): string {
  return provider === 'azure-devops'
    ? encodeURI(`${host}/${organization}/${project ?? name}/_git/${name}`)
    : encodeURI(`${host}/${organization}/${name}`);
}
