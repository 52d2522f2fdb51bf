import { Failure } from '../errors.ts';
import type { RunContext } from '../hosts/host.ts';
import { isConfidential } from '../http/address.ts';
import type { Inputs } from '../inputs/parse.ts';
import {
  fullName,
  type Owner,
  type Provider,
  parseRepository,
  type Repository,
  samePath,
} from '../repository.ts';

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
  const host = wanted.azureDevOpsUrl ?? repository.host;
  return confidential({ ...repository, host }, wanted);
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
    const host = wanted.azureDevOpsUrl ?? (samePlace ? own.url : 'https://dev.azure.com');
    return confidential({ provider: 'azure-devops', organization, host }, wanted);
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
      { provider: 'azure-devops', organization: own.organization, host: wanted.azureDevOpsUrl ?? own.url },
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
      ? (wanted.azureDevOpsUrl ?? (samePlace ? context.azureDevOps?.url : undefined))
      : context.repository?.host;
  const repository = parseRepository(text, { provider, organization, host });
  // The run knows more of its own repository: the ID.
  return context.repository &&
    samePath(context.repository, repository) &&
    context.repository.host === repository.host
    ? context.repository
    : repository;
}

function providerOf(text: string, wanted: Wanted, context: RunContext): Provider | undefined {
  if (wanted.integration) return wanted.integration;
  if (wanted.azureDevOpsOrganization || wanted.azureDevOpsUrl || wanted.azureDevOpsPat) return 'azure-devops';
  const current = context.repository?.provider ?? (context.azureDevOps && 'azure-devops');
  // Only Azure DevOps and GitLab have names of three parts.
  return current !== 'gitlab' && text.split('/').length === 3 ? 'azure-devops' : current;
}
