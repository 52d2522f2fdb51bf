import type { Repository } from '../../repository.ts';

/**
 * The URL by which a catalog knows the file of a repository, spelled as Backstage's own discovery spells it: another
 * spelling would be another location. (catalog-backend-module-azure, AzureDevOpsEntityProvider.ts; -github,
 * GithubEntityProvider.ts; -gitlab, GitlabDiscoveryEntityProvider.ts.)
 *
 * @param file a path from the root, e.g. `/catalog-info.yaml`
 */
export function targetOf(
  { provider, host, organization, project, name, defaultBranch = 'main' }: Repository,
  file: string,
): string {
  const base = encodeURI(host);
  switch (provider) {
    case 'azure-devops': {
      const path = escaped(file).replace(/[&+]/gu, encodeURIComponent);
      return `${base}/${escaped(`${organization}/${project ?? name}`)}/_git/${escaped(name)}?path=${path}`;
    }
    case 'github': {
      // Backstage takes the first part of a branch with a slash for the whole of it (git-url-parse).
      const branch = defaultBranch.includes('/') ? DEFAULT_BRANCH : escaped(defaultBranch);
      return `${base}/${escaped(`${organization}/${name}`)}/blob/${branch}${escaped(file)}`;
    }
    case 'gitlab':
      return `${base}/${escaped(`${organization}/${name}`)}/-/blob/${encodeURIComponent(defaultBranch)}${escaped(file)}`;
  }
}

/** As `encodeURI`, which leaves what would end the path. */
function escaped(path: string): string {
  return encodeURI(path).replace(/[?#]/gu, encodeURIComponent);
}

/** The repository's own page. */
export function pageOf({ provider, host, organization, project, name }: Repository): string {
  return provider === 'azure-devops'
    ? `${encodeURI(host)}/${escaped(`${organization}/${project ?? name}`)}/_git/${escaped(name)}`
    : `${encodeURI(host)}/${escaped(`${organization}/${name}`)}`;
}

/** What stands for the default branch, whatever its name (Backstage asks GitHub for `?ref=HEAD`). */
const DEFAULT_BRANCH = 'HEAD';

/**
 * The usual spellings of a target, itself first, for look-ups by text. On GitHub, Backstage reads each as `/tree/`
 * (@backstage/integration, GithubIntegration.resolveUrl).
 */
export function spellingsOf(target: string): string[] {
  const [page = '', path] = target.split('?path=');
  if (path !== undefined) {
    const old = page.replace(/^https:\/\/dev\.azure\.com\/([^/]+)/u, 'https://$1.visualstudio.com');
    const paths = [path, path.replaceAll('/', '%2F'), `${path}&version=GBmain`];
    return distinct([page, old].flatMap((address) => paths.map((one) => `${address}?path=${one}`)));
  }
  const [, repository, branch, file] =
    /^(https?:\/\/[^/]+\/[^/]+\/.+?)\/(?:-\/)?blob\/([^/]+)(\/.+)$/u.exec(target) ?? [];
  const markers = target.includes('/-/blob/') ? ['-/blob'] : ['blob', 'tree', 'raw'];
  const branches = [branch, DEFAULT_BRANCH];
  return distinct([
    target,
    ...branches.flatMap((one) => markers.map((marker) => `${repository}/${marker}/${one}${file}`)),
  ]);
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts)];
}
