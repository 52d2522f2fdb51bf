import type { Provider } from './repository.ts';

/** The names of repository hosts: which are the same host, and which are known to be whose. */

/** The base URL of all organizations in the cloud. */
export const AZURE_DEVOPS = 'https://dev.azure.com';

/** Other names of a host, in lower case, and the one that its repositories are known by. */
const ALIASES: [RegExp, string][] = [
  // "Using SSH over the HTTPS port" of GitHub's documentation, and its REST API.
  [/^(?:www|ssh|api)\.(github\.com)$/u, '$1'],
  [/^api\.([^.]+\.ghe\.com)$/u, '$1'],
  // "Use SSH over the HTTPS port" of GitLab's documentation.
  [/^(?:www|altssh)\.(gitlab\.com)$/u, '$1'],
  // "Allowed domain URLs" of Azure DevOps: the names before 2018, and those of ssh.
  [/^(?:ssh\.dev\.azure\.com|[^.]+\.visualstudio\.com)$/u, 'dev.azure.com'],
];

/** The one name of a host that has several: of `www.github.com` it is `github.com`. */
function canonicalName(hostname: string): string {
  const name = hostname.toLowerCase().replace(/\.$/u, '');
  return ALIASES.reduce((result, [alias, known]) => result.replace(alias, known), name);
}

/** Whether everybody reaches it under this name. */
export function isPublic(hostname: string): boolean {
  return /^(?:github\.com|.+\.ghe\.com|gitlab\.com|dev\.azure\.com)$/u.test(canonicalName(hostname));
}

/** Whose host it is, where its name tells. */
export function providerAt(hostname: string): Provider | undefined {
  const name = canonicalName(hostname);
  if (name === 'dev.azure.com') return 'azure-devops';
  if (name === 'github.com' || name.endsWith('.ghe.com')) return 'github';
  if (name === 'gitlab.com') return 'gitlab';
  // A host of one's own is often called so; what goes on after the name of a public one only looks like that.
  const [, kind] = /(?:^|\.)(github|gitlab)\.(?!com\b)/u.exec(name) ?? [];
  return kind as 'github' | 'gitlab' | undefined;
}

/**
 * The base URL that repositories at a URL are known by, without a trailing slash. Where the web is, a URL of ssh does
 * not tell: it is taken for where it usually is.
 */
export function baseOf(url: URL): string {
  const name = canonicalName(url.hostname);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (isPublic(name) && !(isWeb && url.port)) return `https://${name}`;
  return isWeb ? `${url.protocol}//${url.host}` : `https://${name}`;
}

/**
 * Whether two addresses are on one host, under any of its names.
 *
 * @param left, right URLs of any path, in the forms of git too (`ssh://`, `git@host:path`), or names of hosts
 * @returns false where either cannot be read
 */
export function sameHost(left: string, right: string): boolean {
  const [one, other] = [readHost(left), readHost(right)];
  if (!one || !other || one.name !== other.name) return false;
  return one.port === undefined || other.port === undefined || one.port === other.port;
}

/** @returns the port as '' where it is the default one; undefined where the address tells nothing of the web's port */
function readHost(text: string): { name: string; port: string | undefined } | undefined {
  const [, scheme = '', authority = ''] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/?#\\\s]*)/iu.exec(text.trim()) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const isWeb = /^https?$/iu.test(scheme);
  const tellsPort = isWeb || (scheme === '' && /:\d+$/u.test(host));
  const address = `${isWeb ? scheme : 'https'}://${tellsPort ? host : host.replace(/(?<=[^:]):[^:\]]*$/u, '')}`;
  if (!URL.canParse(address)) return undefined;
  const { hostname, port } = new URL(address);
  return { name: canonicalName(hostname), port: tellsPort ? port : undefined };
}
