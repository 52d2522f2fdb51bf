import { repositoryAt } from './azure-address.ts';
import { Failure } from './errors.ts';
import { AZURE_DEVOPS, sameHost } from './repository-host.ts';
import { addressedHost, type KnownHost, parseRepositoryUrl } from './repository-url.ts';
import { oneLine } from './text.ts';

export { sameHost };

/** A kind of repository host; also the name of the Konnect integration that reads it. */
export const PROVIDERS = ['azure-devops', 'github', 'gitlab'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Whose repositories an integration reads. */
export interface Owner {
  provider: Provider;
  /** Azure DevOps: the organization (on a Server: the collection). GitHub: the owner. GitLab: the group path. */
  organization: string;
  /** Where the organization is reached, without a trailing slash, e.g. `https://dev.azure.com`. */
  host: string;
  /** The base URL of the host that it is really on, where `host` is only a way to that: a tunnel on this machine. */
  behind?: string | undefined;
}

export interface Repository extends Owner {
  /** Azure DevOps only. */
  project?: string | undefined;
  name: string;
  /** The host's own ID: a GUID on Azure DevOps, digits on GitHub. Survives a rename. */
  id?: string | undefined;
  projectId?: string | undefined;
  /** Where the run tells it. */
  defaultBranch?: string | undefined;
}

/** `organization/project/name`, as people write it. */
export function fullName(repository: Repository): string {
  return [repository.organization, repository.project, repository.name].filter(Boolean).join('/');
}

/**
 * The base URL of the host that an organization is really on, which is what a catalog knows it by; to be compared by
 * {@link sameHost}. Requests and the addresses of files go by {@link Owner.host}.
 */
export function trueHost({ host, behind }: Owner): string {
  return behind ?? host;
}

/** Whether both are the same repository by host and path. Hosts compare paths without regard to case. */
export function samePath(a: Repository, b: Repository): boolean {
  return (
    a.provider === b.provider &&
    sameHost(trueHost(a), trueHost(b)) &&
    fullName(a).toLowerCase() === fullName(b).toLowerCase()
  );
}

/** What is known where a repository is named. */
export interface NamingContext {
  /** What a form without a host means. */
  provider?: Provider | undefined;
  /** The Azure DevOps organization of `project/repository`. */
  organization?: string | undefined;
  /** The base URL of the host where the form has none. */
  host?: string | undefined;
  /** What an unknown host is taken for. */
  integration?: Provider | undefined;
  /** Hosts whose names do not tell what they are. */
  known?: KnownHost[];
}

/**
 * Reads what a user may write for `repository`: a URL, `organization/project/repository`, `project/repository`
 * or `owner/name`.
 *
 * @throws {Failure} when it cannot be read
 */
export function parseRepository(text: string, given: NamingContext): Repository {
  const byUrl = parseRepositoryUrl(text, given.integration, given.known);
  if (byUrl) return byUrl;
  const { provider, organization } = given;
  const parts = /^[a-z+]+:|@/iu.test(text) ? [] : text.split('/').map((part) => part.trim());
  const [first = '', second = '', third] = parts;
  const wellFormed = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !/[\\\p{Cc}]/u.test(part),
  );
  if (!wellFormed) throw unreadable(text, given);
  if (provider === 'azure-devops') {
    const host = given.host ?? AZURE_DEVOPS;
    // In the cloud, no organization has a dot in its name: it is a host.
    const isOrganization = !first.includes('.') || !sameHost(host, AZURE_DEVOPS);
    if (parts.length === 3 && third && isOrganization)
      return repositoryAt({ organization: first, host }, second, third);
    if (parts.length === 2 && organization) return repositoryAt({ organization, host }, first, second);
    if (parts.length === 2)
      throw new Failure(
        `The repository "${shown(text)}" does not say which organization it is in.`,
        'Set azure-devops-organization, or write organization/project/repository.',
      );
  }
  if (provider === 'github' && parts.length === 2)
    return { provider, organization: first, name: second, host: given.host ?? 'https://github.com' };
  if (provider === 'gitlab' && parts.length >= 2) {
    const host = given.host ?? 'https://gitlab.com';
    return { provider, organization: parts.slice(0, -1).join('/'), name: parts.at(-1) ?? '', host };
  }
  throw unreadable(text, given);
}

function unreadable(text: string, { provider, known = [] }: NamingContext): Failure {
  const isWithoutScheme = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/[^/]+\/./u.test(text);
  const address = addressedHost(isWithoutScheme ? `https://${text}` : text, known);
  const host = address && oneLine(address.name, 120);
  return new Failure(`The repository "${shown(text)}" cannot be read.`, cure());

  function cure(): string {
    if (address?.provider)
      return `This is an address on ${host}, but not of a repository. Use the clone or web URL of the repository.`;
    if (address)
      return `Its host, ${host}, is not known to be Azure DevOps, GitHub or GitLab. If it is one of them under another name, set integration.`;
    return provider
      ? 'Write organization/project/repository, owner/name, or its clone or web URL.'
      : 'Write its clone or web URL, or set integration to azure-devops, github or gitlab.';
  }
}

/** For messages: a URL may carry a password, and a token in its query. */
function shown(text: string): string {
  return oneLine(text.replace(/^([a-z+]+:\/\/)?[^/]*@/iu, '$1').replace(/[?#].*$/su, ''));
}
