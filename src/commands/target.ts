import { pipelineOwner, segmentsOf } from '../azure-address.ts';
import { Failure } from '../errors.ts';
import type { RunContext } from '../hosts/host.ts';
import { isConfidential, isLoopback } from '../http/address.ts';
import type { Inputs } from '../inputs/parse.ts';
import {
  fullName,
  type Owner,
  type Provider,
  parseRepository,
  type Repository,
  sameHost,
  samePath,
  trueHost,
} from '../repository.ts';
import { AZURE_DEVOPS } from '../repository-host.ts';
import { type KnownHost, parseRepositoryUrl } from '../repository-url.ts';

type Wanted = Pick<
  Inputs,
  | 'catalog'
  | 'repository'
  | 'integration'
  | 'azureDevOpsOrganization'
  | 'azureDevOpsUrl'
  | 'azureDevOpsPat'
  | 'patExpiresOn'
>;

/**
 * The repository to register: the one that the inputs name, else the one that the run is of.
 *
 * @throws {Failure} when there is none, or when the inputs contradict one another
 */
export function targetOf(wanted: Wanted, context: RunContext): Repository {
  const repository =
    wanted.repository === undefined ? current(wanted, context) : named(wanted.repository, wanted, context);
  if (wanted.integration && wanted.integration !== repository.provider)
    throw new Failure(
      `The integration ${wanted.integration} does not read the repository ${fullName(repository)}, which is on ${repository.provider}.`,
      'Correct integration or repository.',
    );
  if (repository.provider !== 'azure-devops') return repository;
  const organization = wanted.azureDevOpsOrganization ?? repository.organization;
  if (!same(organization, repository.organization))
    throw new Failure(
      `The repository ${fullName(repository)} is not in the organization "${organization}".`,
      'Correct azure-devops-organization or repository.',
    );
  return confidential(reached(repository, wanted), wanted);
}

/**
 * The organization to remind of: that of the repository that the inputs name, else the one that they name; else the one
 * that the run is in.
 *
 * @throws {Failure} when it is not certain
 */
export function ownerOf(wanted: Wanted, context: RunContext): Owner {
  const { azureDevOpsOrganization: organization, integration } = wanted;
  const { azureDevOps: own, repository } = context;
  if (wanted.repository !== undefined) return targetOf(wanted, context);
  if (organization !== undefined) {
    const host = hostOf(organization, wanted, context);
    return inAzureDevOps({ provider: 'azure-devops', organization, host });
  }
  if (repository && repository.provider === (integration ?? providerToJudge(repository)))
    return targetOf(wanted, context);
  if (own && (integration ?? 'azure-devops') === 'azure-devops') return inAzureDevOps(pipelineOwner(own));
  throw new Failure(
    'It is not said of which organization the credential is.',
    'Set azure-devops-organization, or repository to one of its repositories.',
  );

  function inAzureDevOps(owner: Owner): Owner {
    return confidential(reached(inOwnCollection(owner, own), wanted), wanted);
  }

  /**
   * A pipeline of Azure DevOps and a run that speaks of a PAT are to be reminded of that, whatever they build. Only
   * Backstage, which can be asked of a repository alone, is asked of the one that there is.
   */
  function providerToJudge({ provider }: Repository): Provider {
    const speaksOfPat = Boolean(wanted.azureDevOpsPat || wanted.patExpiresOn);
    return speaksOfPat || (own && wanted.catalog !== 'backstage') ? 'azure-devops' : provider;
  }
}

/** With azure-devops-url, where that is given: the host itself or, as a loopback address, a way to it. */
function reached<T extends Owner>(owner: T, { azureDevOpsUrl }: Wanted): T {
  if (azureDevOpsUrl === undefined || owner.provider !== 'azure-devops') return owner;
  // People give the address of the collection for that of the Server.
  const isCollection = same(segmentsOf(azureDevOpsUrl).at(-1), owner.organization);
  const url = isCollection ? azureDevOpsUrl.slice(0, azureDevOpsUrl.lastIndexOf('/')) : azureDevOpsUrl;
  // The URL of a repository may tell more: the virtual directory.
  if (owner.host !== azureDevOpsUrl && owner.host.startsWith(`${url}/`)) return owner;
  if (sameHost(url, owner.host)) return { ...owner, host: url };
  return { ...owner, host: url, behind: isRelay(url) ? trueHost(owner) : undefined };
}

/** The host of an organization that was named without it. */
function hostOf(
  organization: string | undefined,
  { azureDevOpsUrl: url }: Wanted,
  { azureDevOps: own }: RunContext,
): string {
  if (url !== undefined && !isRelay(url)) return url;
  return own && same(organization, own.organization) ? (own.behind ?? own.url) : AZURE_DEVOPS;
}

function isRelay(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

function confidential<T extends Owner>(owner: T, { azureDevOpsPat }: Wanted): T {
  if (!azureDevOpsPat || isConfidential(owner.host)) return owner;
  throw new Failure(
    `The PAT would be sent to ${owner.host} in clear.`,
    'Use the https URL of the repository, or set azure-devops-url to it.',
  );
}

function current(wanted: Wanted, context: RunContext): Repository {
  const { repository, noRepository, cloneUrl } = context;
  const byIntegration =
    cloneUrl && parseRepositoryUrl(cloneUrl, wanted.integration, knownHosts(wanted, context));
  if (repository || byIntegration) return repository ?? (byIntegration as Repository);
  throw new Failure(
    `The current repository ${noRepository ?? 'is unknown'}.`,
    `Set repository to organization/project/repository, owner/name, or its URL.${cloneUrl ? ' If its host is Azure DevOps, GitHub or GitLab under another name, set integration.' : ''}`,
  );
}

function named(text: string, wanted: Wanted, context: RunContext): Repository {
  const { repository: run, azureDevOps: own } = context;
  const organization = wanted.azureDevOpsOrganization ?? own?.organization;
  const provider = providerOf(text, wanted, context);
  const runHost = provider === run?.provider ? run?.host : undefined;
  const parsed = parseRepository(text, {
    provider,
    organization,
    host: provider === 'azure-devops' ? hostOf(organization, wanted, context) : runHost,
    integration: wanted.integration,
    known: knownHosts(wanted, context),
  });
  // An address in the cloud is where catalogs know the repository, also where the pipeline is reached in another way.
  const isCloudAddress = text.includes('://') && sameHost(text, AZURE_DEVOPS);
  const repository = reached(isCloudAddress ? parsed : inOwnCollection(parsed, own), wanted);
  // The run knows more of its own repository: the ID. Where another place is named, the same path may be another one.
  return run && samePath(run, repository) && sameHost(run.host, repository.host) ? run : repository;
}

/**
 * The pipeline of a Server knows its own collection, whichever of the Server's names was written: only the address that
 * the pipeline has for it is sent a secret.
 */
function inOwnCollection<T extends Owner>(owner: T, own: RunContext['azureDevOps']): T {
  if (!own || owner.provider !== 'azure-devops' || !same(owner.organization, own.organization)) return owner;
  const isInCloud = sameHost(owner.host, AZURE_DEVOPS);
  const isOwn = isInCloud === sameHost(isInCloud ? (own.behind ?? own.url) : own.url, AZURE_DEVOPS);
  return isOwn ? { ...owner, ...pipelineOwner(own) } : owner;
}

function knownHosts({ azureDevOpsUrl }: Wanted, { repository, azureDevOps: own }: RunContext): KnownHost[] {
  const servers = [azureDevOpsUrl, own?.url].filter((host) => host !== undefined);
  return [
    ...servers.map((host): KnownHost => ({ provider: 'azure-devops', host })),
    ...(repository ? [repository] : []),
  ];
}

function providerOf(text: string, wanted: Wanted, context: RunContext): Provider | undefined {
  if (wanted.integration) return wanted.integration;
  if (wanted.azureDevOpsOrganization || wanted.azureDevOpsUrl || wanted.azureDevOpsPat) return 'azure-devops';
  const current = context.repository?.provider ?? (context.azureDevOps && 'azure-devops');
  // Only Azure DevOps and GitLab have names of three parts.
  return current !== 'gitlab' && text.split('/').length === 3 ? 'azure-devops' : current;
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
