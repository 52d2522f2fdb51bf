import { fullName, type Repository, samePath } from '../../repository.ts';
import { parseRepositoryUrl } from '../../repository-url.ts';
import type { CatalogResource } from './schemas.ts';

/**
 * Which of Konnect's resources is a repository. How Konnect describes one is not published, so this looks for what
 * identifies a repository wherever a description of it may have it: in `config` (what identifies the resource in the
 * third-party system), in the resource's name, and in what `integration_data` says of the repository itself.
 */
export type Match =
  | { kind: 'one'; resource: CatalogResource }
  /** Several that fit equally well. */
  | { kind: 'several'; resources: CatalogResource[] }
  /** None that fits; `similar` have the name, but do not tell enough. */
  | { kind: 'none'; similar: CatalogResource[] };

/** How well a resource fits, from not at all to best. */
const FITS = ['no', 'similar', 'path', 'url', 'id', 'id in config'] as const;
type Fit = (typeof FITS)[number];

export function matchResource(resources: readonly CatalogResource[], repository: Repository): Match {
  const named = resources.filter(({ type }) => /repo/iu.test(type));
  // A pipeline or a pull request also knows its repository: where a type says what it is, that counts.
  const candidates = named.length > 0 ? named : resources;
  const ranked = candidates.map((resource) => ({
    resource,
    rank: FITS.indexOf(fitOf(resource, repository)),
  }));
  const best = Math.max(0, ...ranked.map(({ rank }) => rank));
  const winners = ranked.filter(({ rank }) => rank === best && rank > 0).map(({ resource }) => resource);
  const [winner] = winners;
  if (best <= FITS.indexOf('similar') || !winner) return { kind: 'none', similar: winners };
  return winners.length === 1 ? { kind: 'one', resource: winner } : { kind: 'several', resources: winners };
}

interface Leaf {
  /** The names on the way to the value, in lower case. */
  path: string[];
  value: string;
}

/** Parts of a description that still speak of the repository itself; not its fork parent, its owner's home page, … */
const OWN = /^(?:repo(?:sitory)?|project|owner|organization|org|namespace|group|_?links|urls?)$/u;
const OWNER = {
  'azure-devops': /^project$/u,
  other: /^(?:owner|organization|org|group|namespace|account)$/u,
};

function fitOf(resource: CatalogResource, repository: Repository): Fit {
  const config = leaves(resource.config);
  const data = leaves(resource.integration_data ?? {}).filter(({ path }) =>
    path.slice(0, -1).every((part) => OWN.test(part)),
  );
  const name = { path: ['name'], value: resource.name ?? '' };
  const identifying = [...config, name];
  const all = [...identifying, ...data];
  if (config.some((leaf) => isId(leaf, repository))) return 'id in config';
  if (config.some((leaf) => isAnotherId(leaf, repository))) return 'no';
  if (data.some((leaf) => isId(leaf, repository))) return 'id';
  if (all.some(({ value }) => pointsAt(value, repository))) return 'url';
  if (identifying.some((leaf) => isElsewhere(leaf, repository))) return 'no';
  if (all.some((leaf) => isWholePath(leaf, repository))) return 'path';
  if (!all.some((leaf) => isName(leaf, repository) && same(leaf.value, repository.name))) return 'no';
  return all.some((leaf) => isOwner(leaf, repository)) ? 'path' : 'similar';
}

/** A GUID may stand anywhere, also in a URL; the digits of a GitHub ID mean something only where an ID is expected. */
function isId({ path, value }: Leaf, { id }: Repository): boolean {
  if (!id) return false;
  const key = path.join('.');
  if (/^\d+$/u.test(id)) return value === id && /(?:^|[._])(?:repo(?:sitory)?[._]?)?id$/u.test(key);
  return value.toLowerCase().split('/').includes(id.toLowerCase());
}

/** The same path with another ID: deleted and made again, and Konnect still shows the old one. */
function isAnotherId({ path, value }: Leaf, { id }: Repository): boolean {
  return id !== undefined && /repo(?:sitory)?[._]?id$/u.test(path.join('.')) && !same(value, id);
}

function pointsAt(value: string, repository: Repository): boolean {
  const parsed = /:\/\/|@/u.test(value) ? parseRepositoryUrl(value, repository.provider) : undefined;
  return parsed !== undefined && samePath(parsed, repository);
}

/** Says which repository it is, and it is another one: of another name, project or owner. */
function isElsewhere(leaf: Leaf, repository: Repository): boolean {
  const { path, value } = leaf;
  const key = path.join('.');
  if (isOwnerName(path, repository)) return !isOwner(leaf, repository);
  if (/(?:^|[._])project[._]?id$/u.test(key))
    return repository.projectId !== undefined && !same(value, repository.projectId);
  if (value.includes('/')) return same(lastSegment(value), repository.name) && !isWholePath(leaf, repository);
  return /(?:^|[._])repo(?:sitory)?(?:[._]?name)?$/u.test(key) && !same(value, repository.name);
}

/** The place of a name, as far as names of places tell. */
function isName({ path }: Leaf, repository: Repository): boolean {
  return (
    !isOwnerName(path, repository) &&
    /(?:^|[._])(?:repo(?:sitory)?|(?:repo(?:sitory)?_?)?name|slug)$/u.test(path.join('.'))
  );
}

function isOwnerName(path: string[], { provider }: Repository): boolean {
  const owner = provider === 'azure-devops' ? OWNER['azure-devops'] : OWNER.other;
  const [last = '', before = ''] = [...path].reverse();
  return (
    owner.test(last.replace(/_?name$/u, '')) || (owner.test(before) && /^(?:name|login|path)$/u.test(last))
  );
}

function isOwner({ path, value }: Leaf, repository: Repository): boolean {
  const owner = repository.provider === 'azure-devops' ? repository.project : repository.organization;
  return isOwnerName(path, repository) && same(value, owner);
}

/** `project/name` or `organization/project/name`; on other hosts `owner/name`. */
function isWholePath({ value }: Leaf, repository: Repository): boolean {
  const short = repository.project === undefined ? undefined : `${repository.project}/${repository.name}`;
  return same(value, fullName(repository)) || same(value, short);
}

function lastSegment(path: string): string {
  const segment = path.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function same(a: string, b: string | undefined): boolean {
  return b !== undefined && a.trim().toLowerCase() === b.toLowerCase();
}

function leaves(value: unknown, path: string[] = []): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, value: String(value) }];
  if (typeof value !== 'object' || value === null || path.length > 8) return [];
  return Object.entries(value).flatMap(([name, child]) => leaves(child, [...path, name.toLowerCase()]));
}
