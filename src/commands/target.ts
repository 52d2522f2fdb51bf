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

const AZURE_DEVOPS = 'https://dev.azure.com';

type Wanted = Pick<
  Inputs,
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
    wanted.repository === undefined ? current(context) : named(wanted.repository, wanted, context);
  if (wanted.integration && wanted.integration !== repository.provider)
    throw new Failure(
      `The integration ${wanted.integration} does not read the repository ${fullName(repository)}, which is on ${repository.provider}.`,
      'Correct integration or repository.',
    );
  if (repository.provider !== 'azure-devops') return repository;
  const organization = wanted.azureDevOpsOrganization ?? repository.organization;
  if (organization.toLowerCase() !== repository.organization.toLowerCase())
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
  if (wanted.repository !== undefined) return targetOf(wanted, context);
  const own = context.azureDevOps;
  if (organization !== undefined) {
    const samePlace = own && own.organization.toLowerCase() === organization.toLowerCase();
    const host = samePlace ? own.url : hostBy(wanted);
    return confidential(reached({ provider: 'azure-devops', organization, host }, wanted), wanted);
  }
  const { repository } = context;
  if (
    repository &&
    repository.provider === (integration ?? repository.provider) &&
    !patIsForAnother(repository)
  )
    return targetOf(wanted, context);
  if (own && (integration ?? 'azure-devops') === 'azure-devops')
    return confidential(
      reached({ provider: 'azure-devops', organization: own.organization, host: own.url }, wanted),
      wanted,
    );
  throw new Failure(
    'It is not said of which organization the credential is.',
    'Set azure-devops-organization, or repository to one of its repositories.',
  );

  /** A repository that is not on Azure DevOps, in a run that speaks of a PAT of Azure DevOps. */
  function patIsForAnother({ provider }: Repository): boolean {
    return provider !== 'azure-devops' && Boolean(wanted.azureDevOpsPat || wanted.patExpiresOn);
  }
}

/**
 * What is reached at azure-devops-url. Of a Server that is its address, under whatever name it was written before; else
 * it is a way to the host that the organization is really on.
 */
function reached<T extends Owner>(owner: T, { azureDevOpsUrl: url }: Wanted): T {
  if (url === undefined || owner.provider !== 'azure-devops') return owner;
  if (sameHost(url, owner.host)) return { ...owner, host: url };
  const isRelay = isLoopback(new URL(url).hostname) || sameHost(owner.host, AZURE_DEVOPS);
  return { ...owner, host: url, behind: isRelay ? trueHost(owner) : undefined };
}

/** Where an organization is that was named without its host: a loopback address is a way to the cloud. */
function hostBy({ azureDevOpsUrl: url }: Wanted): string {
  return url === undefined || isLoopback(new URL(url).hostname) ? AZURE_DEVOPS : url;
}

function confidential<T extends Owner>(owner: T, { azureDevOpsPat }: Wanted): T {
  if (!azureDevOpsPat || isConfidential(owner.host)) return owner;
  throw new Failure(
    `The PAT would be sent to ${owner.host} in clear.`,
    'Use the https URL of the repository, or set azure-devops-url to it.',
  );
}

function current({ repository, noRepository }: RunContext): Repository {
  if (repository) return repository;
  throw new Failure(
    `The current repository ${noRepository ?? 'is unknown'}.`,
    'Set repository to organization/project/repository, owner/name, or its URL.',
  );
}

function named(text: string, wanted: Wanted, context: RunContext): Repository {
  const organization = wanted.azureDevOpsOrganization ?? context.azureDevOps?.organization;
  const samePlace = organization?.toLowerCase() === context.azureDevOps?.organization.toLowerCase();
  const provider = providerOf(text, wanted, context);
  const host =
    provider === 'azure-devops'
      ? ((samePlace ? context.azureDevOps?.url : undefined) ?? hostBy(wanted))
      : context.repository?.host;
  const repository = reached(parseRepository(text, { provider, organization, host }), wanted);
  const own = context.repository;
  // The run knows more of its own repository: the ID. Where another place is named, the same path may be another one.
  return own && samePath(own, repository) && sameHost(own.host, repository.host) ? own : repository;
}

function providerOf(text: string, wanted: Wanted, context: RunContext): Provider | undefined {
  if (wanted.integration) return wanted.integration;
  if (wanted.azureDevOpsOrganization || wanted.azureDevOpsUrl || wanted.azureDevOpsPat) return 'azure-devops';
  const current = context.repository?.provider ?? (context.azureDevOps && 'azure-devops');
  // Only Azure DevOps and GitLab have names of three parts.
  return current !== 'gitlab' && text.split('/').length === 3 ? 'azure-devops' : current;
}
