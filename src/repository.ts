import { Failure } from './errors.ts';
import { sameHost } from './repository-host.ts';
import { parseRepositoryUrl } from './repository-url.ts';
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
  /** The host that it is really on, where `host` is only a way to that: a tunnel or a relay. */
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

/**
 * Reads what a user may write for `repository`: a URL, `organization/project/repository`, `project/repository`
 * or `owner/name`.
 *
 * @param context.provider what a form without a host means
 * @param context.organization the Azure DevOps organization of `project/repository`
 * @param context.host the base URL of the host where the form has none
 * @throws {Failure} when it cannot be read
 */
export function parseRepository(
  text: string,
  context: { provider?: Provider | undefined; organization?: string | undefined; host?: string | undefined },
): Repository {
  const byUrl = parseRepositoryUrl(text, context.provider);
  if (byUrl) return byUrl;
  // A URL may carry a password, and this goes into messages.
  const shown = oneLine(text.replace(/\/\/[^/]*@/u, '//'));
  const parts = /^[a-z+]+:|@/iu.test(text) ? [] : text.split('/').map((part) => part.trim());
  const [first = '', second = '', third] = parts;
  const wellFormed = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !/[\\\p{Cc}]/u.test(part),
  );
  if (wellFormed && context.provider === 'azure-devops') {
    const host = context.host ?? 'https://dev.azure.com';
    const provider = 'azure-devops';
    if (parts.length === 3 && third)
      return { provider, organization: first, project: second, name: third, host };
    if (parts.length === 2 && context.organization)
      return { provider, organization: context.organization, project: first, name: second, host };
    if (parts.length === 2)
      throw new Failure(
        `The repository "${shown}" does not say which organization it is in.`,
        'Set azure-devops-organization, or write organization/project/repository.',
      );
  }
  if (wellFormed && context.provider === 'github' && parts.length === 2)
    return {
      provider: 'github',
      organization: first,
      name: second,
      host: context.host ?? 'https://github.com',
    };
  if (wellFormed && context.provider === 'gitlab' && parts.length >= 2) {
    const host = context.host ?? 'https://gitlab.com';
    return { provider: 'gitlab', organization: parts.slice(0, -1).join('/'), name: parts.at(-1) ?? '', host };
  }
  throw new Failure(
    `The repository "${shown}" cannot be read.`,
    /^https?:/iu.test(text)
      ? 'Its host is none that an integration is known to read: Azure DevOps, GitHub or GitLab. Set integration if it is one of them under another name.'
      : context.provider
        ? 'Write organization/project/repository, owner/name, or its clone or web URL.'
        : 'Write its clone or web URL, or set integration to azure-devops, github or gitlab.',
  );
}
