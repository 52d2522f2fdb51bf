import { azureRepository, isMarker } from './azure-address.ts';
import type { Owner, Provider, Repository } from './repository.ts';
import { baseOf, isPublic, providerAt, sameHost } from './repository-host.ts';

/** A host whose kind is known although its name may not tell, by its base URL. */
export type KnownHost = Pick<Owner, 'provider' | 'host'>;

/**
 * Reads a clone or web URL: https, ssh and scp-like forms of Azure DevOps (also `*.visualstudio.com` and Server),
 * GitHub and GitLab.
 *
 * @param provider what to take a host for that is not known
 * @returns undefined where it is no repository's URL
 */
export function parseRepositoryUrl(
  text: string,
  provider?: Provider,
  known: readonly KnownHost[] = [],
): Repository | undefined {
  const url = urlOf(text, known);
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
  const kind =
    providerAt(url.hostname) ??
    (path.some(isMarker) ? 'azure-devops' : (knownAt(url, known)?.provider ?? provider));
  const ofKind = known.filter((one) => one.provider === kind);
  const bases = ofKind.map(({ host }) => host);
  if (kind === 'azure-devops') return azureRepository(url, path, bases);
  const base = knownAt(url, ofKind)?.host ?? baseOf(url);
  if (kind === 'github') return gitHub(url, path, base);
  if (kind === 'gitlab') return gitLab(path, base);
  return undefined;
}

/**
 * The host of an address that is no repository's, and whose it is where that is known; undefined where the text is no
 * address.
 */
export function addressedHost(
  text: string,
  known: readonly KnownHost[] = [],
): { name: string; provider: Provider | undefined } | undefined {
  const url = urlOf(text, known);
  return url && { name: url.host, provider: providerAt(url.hostname) ?? knownAt(url, known)?.provider };
}

/**
 * A clone URL with the real name of its host, where that may be an alias of ssh's configuration.
 *
 * @param realName tells it, where there is one
 */
export function withoutAlias(text: string, realName: (alias: string) => string | undefined): string {
  const url = urlOf(text, []);
  if (url?.protocol !== 'ssh:' || isPublic(url.hostname) || url.hostname.startsWith('-')) return text;
  url.hostname = realName(url.hostname) ?? url.hostname;
  return url.href;
}

function knownAt(url: URL, known: readonly KnownHost[]): KnownHost | undefined {
  return known.find(({ host }) => sameHost(host, url.href));
}

function urlOf(text: string, known: readonly KnownHost[]): URL | undefined {
  const source = withScheme(text.trim(), known);
  if (!/^(?:https?|ssh|git):\/\//iu.test(source)) return undefined;
  // A URL parser would silently resolve "/../": such a path is not a repository's.
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/iu.test(source.split(/[?#]/u)[0] ?? '')) return undefined;
  return URL.canParse(source) ? new URL(source) : undefined;
}

/** People leave the scheme out, and git has a form of its own for ssh. */
function withScheme(text: string, known: readonly KnownHost[]): string {
  if (/^[a-z+]+:\/\//iu.test(text)) return text;
  const scp = /^([^@/\s]+@)?([\w.-]+):(?!\/\/)(?!\d+\/)(.+)$/u.exec(text);
  if (scp) return `ssh://${scp[1] ?? ''}${scp[2]}/${scp[3]}`;
  const [, host = ''] = /^(?:[^@/\s]+@)?([\w-]+(?:\.[\w-]+)+(?::\d+)?)\/./u.exec(text) ?? [];
  const isKnown =
    providerAt(host.split(':')[0] ?? '') !== undefined || known.some((one) => sameHost(one.host, host));
  return isKnown ? `https://${text}` : text;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Pages of GitHub, and of GitLab, that are of no owner. */
const PAGES_OF_GITHUB =
  /^(?:apps|collections|enterprises|features|login|marketplace|notifications|organizations|orgs|search|settings|sponsors|topics|users)$/iu;
const PAGES_OF_GITLAB = /^(?:-|admin|api|dashboard|explore|groups|help|search|users)$/iu;

/** `owner/name`; in the API below `api/v3/repos` or, on a host of its own, `repos`. */
function gitHub(url: URL, path: string[], host: string): Repository | undefined {
  const isApi = /^api\./iu.test(url.hostname) || /^api\/v\d\//iu.test(path.join('/'));
  const [organization, name] = isApi ? below(path, 'repos') : path;
  if (!organization || !name || PAGES_OF_GITHUB.test(organization)) return undefined;
  return { provider: 'github', organization, name: withoutGit(name), host };
}

function below(path: string[], part: string): string[] {
  return path.includes(part) ? path.slice(path.indexOf(part) + 1) : [];
}

function gitLab(path: string[], host: string): Repository | undefined {
  const end = path.indexOf('-');
  const parts = end < 0 ? path : path.slice(0, end);
  const [first = '', ...rest] = parts;
  const name = parts.at(-1);
  if (rest.length === 0 || !name || PAGES_OF_GITLAB.test(first)) return undefined;
  return { provider: 'gitlab', organization: parts.slice(0, -1).join('/'), name: withoutGit(name), host };
}

function withoutGit(name: string): string {
  return name.replace(/(.)\.git$/iu, '$1');
}
