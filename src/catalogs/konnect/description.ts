import { fullName, type Provider, type Repository } from '../../repository.ts';
import { parseRepositoryUrl } from '../../repository-url.ts';
import { namesHost } from './hosts.ts';
import type { CatalogResource } from './schemas.ts';

/** One value of a resource's description. */
export interface Leaf {
  /** The names on the way to the value, in lower case. */
  path: string[];
  value: string;
}

/** What a resource says of itself, value by value. */
export interface Description {
  /** What identifies it in the third-party system. */
  config: Leaf[];
  name: Leaf;
  /** What else is said of the repository itself. */
  data: Leaf[];
}

/** Parts of a description that still speak of the repository itself; not its fork parent, its owner's home page, … */
const OWN =
  /^(?:repo(?:sitory)?|project|owner|organization|org|namespace|group|_?links|urls?|web|html|self|clone|remote|https?|ssh)$/u;

export function descriptionOf({ config, name, integration_data }: CatalogResource): Description {
  return {
    config: leaves(config),
    name: { path: ['name'], value: name ?? '' },
    data: leaves(integration_data ?? {}).filter(({ path }) =>
      path.slice(0, -1).every((part) => OWN.test(part)),
    ),
  };
}

export function allOf({ config, name, data }: Description): Leaf[] {
  return [...config, name, ...data];
}

function leaves(value: unknown, path: string[] = []): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, value: String(value) }];
  if (typeof value !== 'object' || value === null || path.length > 8) return [];
  return Object.entries(value).flatMap(([name, child]) => leaves(child, [...path, name.toLowerCase()]));
}

/**
 * The repository that a value is the address of, with or without a scheme.
 *
 * @param provider what to take a host for whose name does not tell
 */
export function addressIn({ value }: Leaf, provider?: Provider): Repository | undefined {
  if (/:\/\/|@/u.test(value)) return parseRepositoryUrl(value, provider);
  const bare = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/./u.test(value);
  return bare ? parseRepositoryUrl(`https://${value}`, provider) : undefined;
}

/** The hosts that a resource names as a repository's, as it spells them. */
export function hostsOf(resource: CatalogResource, provider: Provider): string[] {
  return allOf(descriptionOf(resource)).flatMap(
    (leaf) => (isHost(leaf) ? leaf.value : addressIn(leaf, provider)?.host) ?? [],
  );
}

/** `host: "github"` is a kind of host, and none. */
function isHost({ path, value }: Leaf): boolean {
  return namesHost(path.at(-1) ?? '') && /[.:]/u.test(value);
}

/** The host on which a value says that the repository is. */
export function hostIn(leaf: Leaf, repository: Repository): string | undefined {
  const { value } = leaf;
  const { provider, name, id } = repository;
  if (isHost(leaf)) return value;
  const address = addressIn(leaf, provider);
  if (address?.provider === provider && equal(fullName(address), fullName(repository))) return address.host;
  // Of its name alone, where it can be nothing but the address of a repository.
  if (equal(addressIn(leaf)?.name, name)) return address?.host;
  const hasId = id?.includes('-') && value.toLowerCase().includes(id.toLowerCase());
  return hasId && /^https?:/iu.test(value) && URL.canParse(value) ? new URL(value).origin : undefined;
}

function equal(left: string | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}
