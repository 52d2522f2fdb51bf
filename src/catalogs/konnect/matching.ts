import { fullName, type Repository, samePath } from '../../repository.ts';
import { parseRepositoryUrl } from '../../repository-url.ts';
import type { CatalogResource } from './schemas.ts';

/**
 * Which of Konnect's resources is a repository. How Konnect describes one is not published, so this looks at every
 * value of `config` (what identifies the resource in the third-party system), of `integration_data`, and at the name.
 */
export type Match =
  | { kind: 'one'; resource: CatalogResource }
  /** Several that fit equally well. */
  | { kind: 'several'; resources: CatalogResource[] }
  /** None that fits; `similar` have the name, but do not tell enough. */
  | { kind: 'none'; similar: CatalogResource[] };

/** How well a resource fits, from not at all to best. */
const FITS = ['no', 'similar', 'path by name', 'path', 'url', 'id', 'id in config'] as const;
type Fit = (typeof FITS)[number];

export function matchResource(resources: readonly CatalogResource[], repository: Repository): Match {
  const ranked = resources.map((resource) => ({ resource, rank: FITS.indexOf(fitOf(resource, repository)) }));
  const best = Math.max(0, ...ranked.map(({ rank }) => rank));
  const winners = ranked.filter(({ rank }) => rank === best && rank > 0).map(({ resource }) => resource);
  const [winner] = winners;
  if (best <= FITS.indexOf('similar') || !winner) return { kind: 'none', similar: winners };
  return winners.length === 1 ? { kind: 'one', resource: winner } : { kind: 'several', resources: winners };
}

interface Leaf {
  /** Dotted and in lower case, e.g. `project.name`. */
  key: string;
  value: string;
}

function fitOf(resource: CatalogResource, repository: Repository): Fit {
  const config = leaves(resource.config);
  const all = [
    ...config,
    ...leaves(resource.integration_data ?? {}),
    { key: 'name', value: resource.name ?? '' },
  ];
  const id = repository.id?.toLowerCase();
  if (id && config.some((leaf) => holdsId(leaf, id))) return 'id in config';
  if (id && namesAnotherId(config, id)) return 'no';
  if (id && all.some((leaf) => holdsId(leaf, id))) return 'id';
  if (all.some(({ value }) => pointsAt(value, repository))) return 'url';
  if (namesPath(all, repository)) return isPathIn(config, repository) ? 'path' : 'path by name';
  const named = all.some(({ value }) => same(value, repository.name));
  return named && !namesAnotherPath([...config, { key: 'name', value: resource.name ?? '' }], repository)
    ? 'similar'
    : 'no';
}

/** A GUID may stand anywhere, also in a URL; the digits of a GitHub ID mean something only where an ID is expected. */
function holdsId({ key, value }: Leaf, id: string): boolean {
  if (/^\d+$/u.test(id)) return value === id && /(?:^|[._])(?:repo\w*[._])?id$/u.test(key);
  return value.toLowerCase().split('/').includes(id);
}

/** The same path with another ID: deleted and made again, and Konnect still shows the old one. */
function namesAnotherId(config: Leaf[], id: string): boolean {
  return config.some(({ key, value }) => /(?:^|\.)repo\w*?[._]?id$/u.test(key) && value.toLowerCase() !== id);
}

/** Says where it is, and it is not here: in another project or of another owner. */
function namesAnotherPath(identifying: Leaf[], repository: Repository): boolean {
  const azure = repository.provider === 'azure-devops';
  const owner = azure ? repository.project : repository.organization;
  const ownerName = azure
    ? /(?:^|[._])project(?:[._]?name)?$/u
    : /(?:^|[._])(?:owner|org|organization|group|namespace)(?:[._](?:name|login|path))?$/u;
  return identifying.some(({ key, value }) => {
    if (ownerName.test(key)) return !same(value, owner);
    if (/(?:^|[._])project[._]?id$/u.test(key))
      return repository.projectId !== undefined && !same(value, repository.projectId);
    return value.includes('/') && same(lastSegment(value), repository.name);
  });
}

function pointsAt(value: string, repository: Repository): boolean {
  const parsed =
    value.includes('://') || value.includes('@') ? parseRepositoryUrl(value, repository.provider) : undefined;
  return parsed !== undefined && samePath(parsed, repository);
}

/** Whether organization (where Konnect tells it), project and name are all there, each in its own place. */
function namesPath(all: Leaf[], repository: Repository): boolean {
  const { project, name, organization } = repository;
  if (all.some(({ value }) => isWholePath(value, repository))) return true;
  const owner = repository.provider === 'azure-devops' ? project : organization;
  const ownerKey =
    repository.provider === 'azure-devops' ? /project/u : /owner|org|group|namespace|account|login/u;
  return (
    all.some(({ key, value }) => ownerKey.test(key) && same(value, owner)) &&
    all.some(({ key, value }) => !ownerKey.test(key) && same(value, name))
  );
}

function isPathIn(config: Leaf[], repository: Repository): boolean {
  return config.some(
    ({ key, value }) => isWholePath(value, repository) || (/repo/u.test(key) && same(value, repository.name)),
  );
}

/** `project/name` or `organization/project/name`; on other hosts `owner/name`. */
function isWholePath(value: string, repository: Repository): boolean {
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

function leaves(value: unknown, key = '', depth = 0): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number')
    return [{ key: key.toLowerCase(), value: String(value) }];
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    leaves(child, key ? `${key}.${name}` : name, depth + 1),
  );
}
