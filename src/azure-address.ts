import type { PipelineOrganization } from './hosts/host.ts';
import type { Owner, Repository } from './repository.ts';
import { AZURE_DEVOPS, baseOf, sameHost } from './repository-host.ts';

/** The addresses of Azure DevOps, in the cloud and on a Server. */

/**
 * The repository at an address: `…/organization/project/[team/]_git/repository`, or `_ssh` for `_git`; the project is
 * left out where it has the repository's name. Of `*.visualstudio.com` the organization is the host's first label (over
 * ssh the user), and `DefaultCollection` may come before the project. On a Server any number of segments may come
 * before the collection.
 *
 * @param path the decoded segments of the URL's path
 * @param bases the base URLs of Servers that are known, which tell where in a path the collection is
 * @returns undefined where it is another page
 */
export function azureRepository(url: URL, path: string[], bases: string[]): Repository | undefined {
  const [version, organization = '', project = '', name] = path;
  if (version === 'v3' && url.protocol === 'ssh:' && isCloud(url))
    return name ? repositoryAt({ organization, host: AZURE_DEVOPS }, project, name) : undefined;
  const marker = path.findIndex(isMarker);
  const [named] = path.slice(marker + 1).filter((segment) => !/^_(?:optimized|full)$/u.test(segment));
  const place = marker < 0 ? undefined : placeAt(url, path.slice(0, marker), bases);
  return named && place ? repositoryAt(place, place.rest[0] ?? named, named) : undefined;
}

/** Whether a segment of a path says that the next one is a repository of Azure DevOps. */
export function isMarker(segment: string): boolean {
  return segment === '_git' || segment === '_ssh';
}

/**
 * The organization of that name, or at that address: its own, or one below it; of a Server the collection's own.
 *
 * @returns its base URL where the address tells it; undefined where the text is neither
 */
export function parseOrganization(text: string): { organization: string; host?: string } | undefined {
  const plain = text.replace(/\/+$/u, '');
  const isAddress = /^https?:\/\//iu.test(plain);
  const address = isAddress ? plain : `https://${plain}`;
  if (!URL.canParse(address) || !(isAddress || isCloud(new URL(address))))
    return /^$|[/\\?#:@\p{Cc}]/u.test(plain) ? undefined : { organization: plain };
  const url = new URL(address);
  const segments = segmentsOf(address);
  if (isCloud(url)) return placeInCloud(url, segments);
  if (same('tfs', segments[0])) segments.splice(2);
  const organization = segments.pop();
  return organization ? { organization, host: [baseOf(url), ...segments].join('/') } : undefined;
}

/** The organization of a pipeline, as that of a repository is told. */
export function pipelineOwner({ organization, url, behind }: PipelineOrganization): Owner {
  return { provider: 'azure-devops', organization, host: url, behind };
}

/** Whether a name is the ID that may stand in the place of one. */
export function isGuid(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(text);
}

/** The decoded segments of a URL's path. */
export function segmentsOf(address: string): string[] {
  return new URL(address).pathname.split('/').filter(Boolean).map(decoded);
}

/** A repository by its names, or by the IDs that may stand in their places. */
export function repositoryAt(
  { organization, host }: Pick<Owner, 'organization' | 'host'>,
  project: string,
  name: string,
): Repository {
  const ids = {
    ...(isGuid(name) ? { id: name } : {}),
    ...(isGuid(project) ? { projectId: project } : {}),
  };
  return { provider: 'azure-devops', organization, project, name, host, ...ids };
}

interface Place {
  organization: string;
  host: string;
  /** What comes between the organization and the marker: the project, and a team. */
  rest: string[];
}

function placeAt(url: URL, path: string[], bases: string[]): Place | undefined {
  if (isCloud(url)) return placeInCloud(url, path);
  const here = bases.filter((base) => sameHost(base, url.href));
  // A Server of several names has the same path under each.
  const base = [...here, ...bases].find((one) => isBelow(path, one));
  const depth = base ? segmentsOf(base).length : same('tfs', path[0]) ? 1 : 0;
  const [organization, ...rest] = path.slice(depth);
  const [known] = here;
  const origin = known ? new URL(known).origin : baseOf(url);
  return organization ? { organization, host: [origin, ...path.slice(0, depth)].join('/'), rest } : undefined;
}

function placeInCloud(url: URL, path: string[]): Place | undefined {
  const hostname = url.hostname.toLowerCase();
  const [label = ''] = hostname.split('.');
  const [first = '', ...others] = path;
  const isOld = hostname.endsWith('.visualstudio.com');
  const organization = isOld ? (label === 'vs-ssh' ? decoded(url.username) : label) : first;
  const below = isOld ? path : others;
  const rest = same('defaultcollection', below[0]) ? below.slice(1) : below;
  return organization ? { organization, host: AZURE_DEVOPS, rest } : undefined;
}

function isCloud(url: URL): boolean {
  return sameHost(url.href, AZURE_DEVOPS);
}

/** Whether a path begins with that of a base URL, which has one. */
function isBelow(path: string[], base: string): boolean {
  const segments = segmentsOf(base);
  return segments.length > 0 && segments.every((segment, index) => same(segment, path[index]));
}

function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
