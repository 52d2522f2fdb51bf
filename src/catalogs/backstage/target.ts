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
 * Whether two URLs name the same file of the same repository, however they are spelled: in any case, with or without a
 * branch.
 */
export function sameFile(left: string, right: string): boolean {
  return left === right || spelled(left) === spelled(right);
}

function spelled(target: string): string {
  if (!URL.canParse(target)) return target;
  const { origin, pathname, searchParams } = new URL(target);
  const file = searchParams.get('path');
  const path = decoded(pathname).replace(/\/(?:-\/)?blob\/[^/]+\//u, '/blob/');
  return `${origin}${path}${file === null ? '' : `?/${file.replace(/^\/+/u, '')}`}`.toLowerCase();
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
