import type { Provider, Repository } from './repository.ts';

/**
 * Reads a clone or web URL: https, ssh and scp-like forms of Azure DevOps (also `*.visualstudio.com` and Server),
 * GitHub and GitLab. Undefined where it is no repository URL.
 *
 * @param provider what to take a host for whose name does not tell
 */
export function parseRepositoryUrl(text: string, provider?: Provider): Repository | undefined {
  const url = toUrl(text);
  if (!url) return undefined;
  const segments = url.pathname.split('/').filter(Boolean).map(decode);
  if (
    segments.some(
      (segment) =>
        segment === undefined || segment === '.' || segment === '..' || /[/\\\p{Cc}]/u.test(segment),
    )
  )
    return undefined;
  const path = segments as string[];
  const hostname = url.hostname.toLowerCase();
  if (hostname === 'ssh.dev.azure.com' || hostname === 'vs-ssh.visualstudio.com') return azureOverSsh(path);
  if (path.includes('_git')) return azureDevOps(url, hostname, path);
  const kind = kindOf(hostname) ?? provider;
  if (kind === 'github') return gitHub(url, path);
  if (kind === 'gitlab') return gitLab(url, path);
  return undefined;
}

function toUrl(text: string): URL | undefined {
  const scp = /^(?:[^@/\s]+@)?([\w.-]+):(?!\/\/)(?!\d+\/)(.+)$/u.exec(text.trim());
  const source = scp && !/^[a-z+]+:\/\//iu.test(text) ? `ssh://${scp[1]}/${scp[2]}` : text.trim();
  if (!/^(?:https?|ssh|git):\/\//iu.test(source)) return undefined;
  // A URL parser would silently resolve "/../": such a path is not a repository's.
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/iu.test(source.split(/[?#]/u)[0] ?? '')) return undefined;
  try {
    return new URL(source);
  } catch {
    return undefined;
  }
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function kindOf(hostname: string): Provider | undefined {
  if (hostname === 'github.com' || hostname.endsWith('.ghe.com') || /(?:^|\.)github\./u.test(hostname))
    return 'github';
  if (hostname === 'gitlab.com' || /(?:^|\.)gitlab\./u.test(hostname)) return 'gitlab';
  return undefined;
}

function origin(url: URL): string {
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb ? `${url.protocol}//${url.host}` : `https://${url.hostname}`;
}

/** `v3/organization/project/repository`, of `ssh.dev.azure.com` and of `vs-ssh.visualstudio.com`. */
function azureOverSsh([version, organization, project, name]: string[]): Repository | undefined {
  if (version !== 'v3' || !organization || !project || !name) return undefined;
  return { provider: 'azure-devops', organization, project, name, host: 'https://dev.azure.com' };
}

/**
 * `…/organization/project/[team/]_git/repository`; the project is left out where it has the repository's name.
 * On `*.visualstudio.com` the organization is the host's first label, and `DefaultCollection` may come before the
 * project; on a Server any number of segments may come before the collection.
 */
function azureDevOps(url: URL, hostname: string, path: string[]): Repository | undefined {
  const marker = path.indexOf('_git');
  const after = path.slice(marker + 1).filter((segment) => !/^_(?:optimized|full)$/u.test(segment));
  const name = after[0];
  const before = path.slice(0, marker);
  if (!name) return undefined;
  const provider = 'azure-devops';
  if (hostname.endsWith('.visualstudio.com')) {
    if (before[0]?.toLowerCase() === 'defaultcollection') before.shift();
    const organization = hostname.split('.')[0] ?? '';
    return { provider, organization, project: before[0] ?? name, name, host: 'https://dev.azure.com' };
  }
  if (hostname === 'dev.azure.com') {
    const [organization, project] = before;
    return organization
      ? { provider, organization, project: project ?? name, name, host: origin(url) }
      : undefined;
  }
  const virtual = before[0]?.toLowerCase() === 'tfs' ? before.shift() : undefined;
  const [organization, project] = before;
  if (!organization) return undefined;
  const host = virtual ? `${origin(url)}/${virtual}` : origin(url);
  return { provider, organization, project: project ?? name, name, host };
}

function gitHub(url: URL, [organization, name]: string[]): Repository | undefined {
  if (!organization || !name) return undefined;
  return { provider: 'github', organization, name: withoutGit(name), host: origin(url) };
}

function gitLab(url: URL, path: string[]): Repository | undefined {
  const end = path.indexOf('-');
  const parts = end < 0 ? path : path.slice(0, end);
  const name = parts.at(-1);
  if (parts.length < 2 || !name) return undefined;
  return {
    provider: 'gitlab',
    organization: parts.slice(0, -1).join('/'),
    name: withoutGit(name),
    host: origin(url),
  };
}

function withoutGit(name: string): string {
  return name.replace(/(.)\.git$/iu, '$1');
}
