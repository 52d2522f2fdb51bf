import { isLoopback } from '../../http/address.ts';
import { sameHost } from '../../repository.ts';
import { AZURE_DEVOPS } from '../../repository-host.ts';

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
  if (!URL.canParse(text)) return undefined;
  const { hostname, origin, pathname, searchParams } = new URL(text);
  const path = searchParams.get('path');
  const [, before, name] = /^(.*)\/_git\/(?:_(?:full|optimized)\/)?([^/]+)$/iu.exec(decoded(pathname)) ?? [];
  if (path === null || before === undefined || !name) return undefined;
  const version = searchParams.get('version') ?? '';
  return {
    host: origin,
    repository: azurePath(hostname, before, name).toLowerCase(),
    // `GB` is a branch; `GT` and `GC` are a tag and a commit, which no branch is named like.
    branch: version.replace(/^GB/u, '').replace(/^G(?=[TC])/u, '@'),
    path: `/${path.replace(/^\/+/u, '')}`,
  };
}

/**
 * Organization, project and repository. On a Server, any number of segments may come before the collection; nothing of
 * them may be left out, or projects would be taken for one another.
 */
function azurePath(hostname: string, before: string, name: string): string {
  const [, old] = /^([^.]+)\.visualstudio\.com$/iu.exec(hostname) ?? [];
  const segments = before.split('/').filter(Boolean);
  if (old && segments[0]?.toLowerCase() === 'defaultcollection') segments.shift();
  if (old) segments.unshift(old);
  // The project is left out where it has the repository's name; `tfs` is the usual beginning of a Server.
  const noProject = segments.length === (segments[0]?.toLowerCase() === 'tfs' ? 2 : 1);
  return [...segments, ...(noProject ? [name] : []), name].join('/');
}

/** A loopback address is only a way to the cloud, which the catalog knows by its own name. */
function isSameRepository(ours: HostedFile, other: HostedFile): boolean {
  if (sameHost(ours.host, other.host)) return ours.repository === other.repository;
  const isRelay = isLoopback(new URL(ours.host).hostname) && sameHost(other.host, AZURE_DEVOPS);
  return isRelay && `/${ours.repository}`.endsWith(`/${other.repository}`);
}

/**
 * Branch and path, as `main/docs/catalog-info.yaml`, of a URL that leads into the repository of a file: where the one
 * ends and the other begins, only the file tells.
 */
function trailIn(ours: HostedFile, text: string): string | undefined {
  if (ours.branch === undefined) {
    const other = azureFileAt(text);
    return other && isSameRepository(ours, other) ? other.branch + other.path : undefined;
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
