import { isGuid } from '../../azure-address.ts';
import { fullName, type Repository, sameHost, samePath } from '../../repository.ts';
import { addressIn, allOf, descriptionOf, hostIn, type Leaf } from './description.ts';
import { homeOf } from './hosts.ts';
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
  const ranked = repositoriesAmong(resources).map((resource) => ({
    resource,
    rank: FITS.indexOf(fitOf(resource, repository)),
  }));
  const best = Math.max(0, ...ranked.map(({ rank }) => rank));
  const winners = ranked.filter(({ rank }) => rank === best && rank > 0).map(({ resource }) => resource);
  const [winner] = winners;
  if (best <= FITS.indexOf('similar') || !winner) return { kind: 'none', similar: winners };
  return winners.length === 1 ? { kind: 'one', resource: winner } : { kind: 'several', resources: winners };
}

/** A pipeline or a pull request also knows its repository: where a type says what it is, that counts. */
function repositoriesAmong(resources: readonly CatalogResource[]): readonly CatalogResource[] {
  const named = resources.filter(({ type }) => /repo/iu.test(type));
  return named.length > 0 ? named : resources;
}

/**
 * Resources that say that they are the repository's path, under another ID: it was deleted, and created again under its
 * name. (Or it was renamed, and another got its name.)
 */
export function predecessorsOf(
  resources: readonly CatalogResource[],
  repository: Repository,
): CatalogResource[] {
  const { id: _, ...byPath } = repository;
  return repositoriesAmong(resources).filter(
    (resource) =>
      anotherIdOf(resource, repository) !== undefined && matchResource([resource], byPath).kind === 'one',
  );
}

/** The ID of a resource that is another repository, where both are known. */
export function anotherIdOf(resource: CatalogResource, repository: Repository): string | undefined {
  const { config, data } = descriptionOf(resource);
  return [...config, ...data].find((leaf) => isAnotherId(leaf, repository))?.value;
}

const OWNER = {
  'azure-devops': /^project$/u,
  other: /^(?:owner|organization|org|group|namespace|account)$/u,
};

function fitOf(resource: CatalogResource, repository: Repository): Fit {
  const description = descriptionOf(resource);
  const { config, name, data } = description;
  const identifying = [...config, name];
  const all = allOf(description);
  const home = homeOf(repository);
  const hosts = all.flatMap((leaf) => hostIn(leaf, repository) ?? []);
  if (hosts.length > 0 && !hosts.some((host) => sameHost(host, home))) return 'no';
  if (config.some((leaf) => isId(leaf, repository))) return 'id in config';
  if (config.some((leaf) => isAnotherId(leaf, repository))) return 'no';
  if (data.some((leaf) => isId(leaf, repository))) return 'id';
  if (data.some((leaf) => isAnotherId(leaf, repository))) return 'no';
  if (all.some((leaf) => pointsAt(leaf, repository))) return 'url';
  if (identifying.some((leaf) => isElsewhere(leaf, repository))) return 'no';
  if (all.some((leaf) => isWholePath(leaf, repository))) return 'path';
  if (!all.some((leaf) => isName(leaf, repository) && same(leaf.value, repository.name))) return 'no';
  return all.some((leaf) => isOwner(leaf, repository)) ? 'path' : 'similar';
}

/** The place of a repository's ID, as far as names of places tell: `id` at the top, `repository_id`, `repo.guid`. */
function isIdPlace(path: string[]): boolean {
  return /(?:^|[._])repo(?:sitory)?[._]?(?:gu|uu)?id$|^(?:gu|uu)?id$/u.test(path.join('.'));
}

/** A GUID may stand anywhere, also in a URL; the digits of a GitHub ID mean something only where an ID is expected. */
function isId({ path, value }: Leaf, { id }: Repository): boolean {
  if (!id) return false;
  if (/^\d+$/u.test(id)) return value === id && isIdPlace(path);
  return value.toLowerCase().split('/').includes(id.toLowerCase());
}

/** It was deleted and created again, and Konnect still shows the old one; or this is another repository. */
function isAnotherId({ path, value }: Leaf, { id }: Repository): boolean {
  return id !== undefined && isIdPlace(path) && formOf(value) === formOf(id) && !same(value, id);
}

/** A host has IDs of one form: another form is another host's, or the catalog's own. */
function formOf(id: string): 'digits' | 'GUID' | 'other' {
  if (/^\d+$/u.test(id)) return 'digits';
  return isGuid(id) ? 'GUID' : 'other';
}

function pointsAt(leaf: Leaf, repository: Repository): boolean {
  const address = addressIn(leaf, repository.provider);
  return (
    address !== undefined && samePath(address, { ...repository, host: homeOf(repository), behind: undefined })
  );
}

/** Says which repository it is, and it is another one: of another name, project or owner. */
function isElsewhere(leaf: Leaf, repository: Repository): boolean {
  const { path, value } = leaf;
  const key = path.join('.');
  if (isOwnerName(path, repository)) return !isOwner(leaf, repository);
  if (isProjectId(path)) return repository.projectId !== undefined && !isOwner(leaf, repository);
  if (value.includes('/')) return same(lastSegment(value), repository.name) && !isWholePath(leaf, repository);
  return /(?:^|[._])repo(?:sitory)?(?:[._]?name)?$/u.test(key) && !same(value, repository.name);
}

function isProjectId(path: string[]): boolean {
  return /(?:^|[._])project[._]?(?:gu|uu)?id$/u.test(path.join('.'));
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
  if (isProjectId(path)) return same(value, repository.projectId);
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
