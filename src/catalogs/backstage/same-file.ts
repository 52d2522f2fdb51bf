import { fullName, sameHost } from '../../repository.ts';
import { parseRepositoryUrl } from '../../repository-url.ts';

/** A file of a repository, taken apart. */
interface HostedFile {
  /** A URL of the host. */
  host: string;
  /** Its path there, in lower case. */
  repository: string;
  /** Undefined where the URL names none: it is the default one, and nobody knows its name. */
  branch: string | undefined;
  /** From the root of the repository. */
  path: string;
}

/**
 * Whether a URL names the same file as a target, however it is spelled: by host, owner, repository, branch and path. One
 * of Azure DevOps may name a branch, which may be the default one: see {@link namesBranch}.
 *
 * @param target the URL of our file, as `targetOf` spells it
 */
export function sameFile(target: string, url: string): boolean {
  return target === url || branchAt(target, url) === '';
}

/**
 * On which branch of the repository of a target a URL names the same path.
 *
 * @returns '' for the branch of the target; undefined where it is another path, or another repository
 */
export function branchAt(target: string, url: string): string | undefined {
  const ours = fileAt(target);
  const trail = ours && trailIn(ours, url);
  if (!ours || !trail?.endsWith(ours.path)) return undefined;
  const branch = trail.slice(0, -ours.path.length).replace(/^refs\/heads\//u, '');
  if (/^(?:HEAD|-|)$/u.test(branch) || branch === ours.branch) return '';
  // A longer path on the same branch ends alike.
  if (branch.startsWith('/') || branch.startsWith(`${ours.branch}/`)) return undefined;
  return ours.branch === undefined && !branch.startsWith('@') ? '' : branch;
}

/** Whether a URL leads into the repository of a target. */
export function inSameRepository(target: string, url: string): boolean {
  const ours = fileAt(target);
  return ours !== undefined && trailIn(ours, url) !== undefined;
}

/** Whether a URL names the same path on the same host, so that the repository may have had another name. */
export function mayBeRenamed(target: string, url: string): boolean {
  const ours = fileAt(target);
  const other = URL.canParse(url)
    ? (azureFileAt(url) ?? { host: url, path: decoded(new URL(url).pathname) })
    : undefined;
  return (
    ours !== undefined &&
    other !== undefined &&
    sameHost(ours.host, other.host) &&
    other.path.endsWith(ours.path)
  );
}

/** Whether the URL of a file in Azure DevOps says of which branch. */
export function namesBranch(target: string): boolean {
  return URL.canParse(target) && new URL(target).searchParams.has('version');
}

function fileAt(target: string): HostedFile | undefined {
  const onAzure = azureFileAt(target);
  if (onAzure) return { ...onAzure, branch: undefined };
  if (!URL.canParse(target)) return undefined;
  const { origin, pathname } = new URL(target);
  // Before it is decoded: a slash in the name of a branch ends nothing.
  const [, repository, branch, path] = /^\/([^/]+\/.+?)\/(?:-\/)?blob\/([^/]+)(\/.+)$/u.exec(pathname) ?? [];
  if (!repository || !branch || !path) return undefined;
  return {
    host: origin,
    repository: decoded(repository).toLowerCase(),
    branch: decoded(branch),
    path: decoded(path),
  };
}

function azureFileAt(text: string): (HostedFile & { branch: string }) | undefined {
  const found = URL.canParse(text) ? parseRepositoryUrl(text) : undefined;
  if (found?.provider !== 'azure-devops') return undefined;
  const { searchParams } = new URL(text);
  const path = searchParams.get('path');
  if (path === null) return undefined;
  const version = searchParams.get('version') ?? '';
  return {
    host: found.host,
    repository: fullName(found).toLowerCase(),
    // `GB` is a branch; `GT` and `GC` are a tag and a commit, which no branch is named like.
    branch: version.replace(/^GB/u, '').replace(/^G(?=[TC])/u, '@'),
    path: `/${path.replace(/^\/+/u, '')}`,
  };
}

/**
 * Branch and path, as `main/docs/catalog-info.yaml`, of a URL that leads into the repository of a file: where the one
 * ends and the other begins, only the file tells.
 */
function trailIn(ours: HostedFile, text: string): string | undefined {
  if (ours.branch === undefined) {
    const other = azureFileAt(text);
    const same = other && sameHost(ours.host, other.host) && ours.repository === other.repository;
    return same ? other.branch + other.path : undefined;
  }
  if (!URL.canParse(text)) return undefined;
  const { origin, pathname } = pageAt(new URL(text));
  const path = decoded(pathname);
  if (!sameHost(ours.host, origin) || !path.toLowerCase().startsWith(`/${ours.repository}/`))
    return undefined;
  const rest = path.slice(ours.repository.length + 2);
  return /^(?:-\/)?(?:blob|tree|raw|edit|blame)\/(.+)$/su.exec(rest)?.[1] ?? `/${rest}`;
}

/** The page of a file, of which GitHub has other addresses: of its REST API ("Get repository content"), and the raw one. */
function pageAt(url: URL): { origin: string; pathname: string } {
  const [, onServer, repository, path] =
    /^(\/api\/v3)?\/repos\/([^/]+\/[^/]+)\/contents\/(.+)$/u.exec(url.pathname) ?? [];
  if (repository)
    return {
      origin: onServer ? url.origin : url.origin.replace('//api.', '//'),
      pathname: `/${repository}/blob/${url.searchParams.get('ref') ?? ''}/${path}`,
    };
  const raw = /^\/([^/]+\/[^/]+)\/(.+)$/u.exec(url.pathname);
  if (url.hostname === 'raw.githubusercontent.com' && raw)
    return { origin: 'https://github.com', pathname: `/${raw[1]}/blob/${raw[2]}` };
  return url;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
