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

/** The repository's own page. */
export function pageOf({ provider, host, organization, project, name }: Repository): string {
  return provider === 'azure-devops'
    ? encodeURI(`${host}/${organization}/${project ?? name}/_git/${name}`)
    : encodeURI(`${host}/${organization}/${name}`);
}
