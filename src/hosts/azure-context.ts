import { isLoopback } from '../http/address.ts';
import { AZURE_DEVOPS } from '../repository-host.ts';
import { azureRepository, builtOf, foreignRepository } from './azure-repository.ts';
import type { Environment } from './environment.ts';
import type { PipelineOrganization, RunContext } from './host.ts';

/**
 * What an Azure Pipelines agent says about the run, from its predefined variables ("Use predefined variables",
 * sections "Build variables" and "System variables").
 */
export function azurePipelinesContext(environment: Environment): RunContext {
  const fork = environment.SYSTEM_PULLREQUEST_ISFORK?.toLowerCase() === 'true';
  return {
    ...repositoryOf(environment),
    secretsWithheld: fork ? 'a pull request from a fork' : undefined,
    ...projectOf(environment),
  };
}

function projectOf(environment: Environment): Pick<RunContext, 'azureDevOps' | 'tickets' | 'page'> {
  const azureDevOps = organizationOf(environment);
  const project = environment.SYSTEM_TEAMPROJECT;
  if (!azureDevOps || !project) return { azureDevOps };
  const { url, organization, token } = azureDevOps;
  const build = environment.BUILD_BUILDID;
  return {
    azureDevOps,
    tickets: { kind: 'work-items', url, organization, project, token },
    page:
      // In a classic release, the build is the one that it releases.
      environment.RELEASE_RELEASEWEBURL ||
      (build &&
        `${[url, ...[organization, project].map(encodeURIComponent)].join('/')}/_build/results?buildId=${encodeURIComponent(build)}`),
  };
}

/** `https://dev.azure.com/ORG/`, `https://ORG.visualstudio.com/` or, on a Server, `https://host/tfs/Collection/`. */
function organizationOf(environment: Environment): PipelineOrganization | undefined {
  const collection = environment.SYSTEM_COLLECTIONURI || environment.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI;
  if (!collection || !URL.canParse(collection)) return undefined;
  const token = environment.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN || undefined;
  const url = new URL(collection);
  if (url.hostname.endsWith('.visualstudio.com'))
    return { organization: url.hostname.split('.')[0] ?? '', url: AZURE_DEVOPS, token };
  const segments = url.pathname.split('/').filter(Boolean);
  const organization = decoded(segments.pop() ?? '');
  if (!organization) return undefined;
  const behind =
    environment.SYSTEM_SERVERTYPE === 'Hosted' && isLoopback(url.hostname) ? AZURE_DEVOPS : undefined;
  return { organization, url: [url.origin, ...segments].join('/'), behind, token };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** By the kind of repository: a pipeline of Azure DevOps can build those of other hosts too. */
function repositoryOf(
  environment: Environment,
): Pick<RunContext, 'repository' | 'noRepository' | 'cloneUrl'> {
  const built = builtOf(environment);
  const { kind } = built;
  if (!kind)
    return {
      noRepository:
        'is unknown: the pipeline has no Build.Repository variables (a classic release has none without a build artifact)',
    };
  if (kind === 'TfsGit') {
    const repository = azureRepository(built, environment, organizationOf(environment));
    return repository ? { repository } : { noRepository: 'is unknown: Build.Repository.Uri cannot be read' };
  }
  const repository = foreignRepository(built);
  if (repository) return { repository };
  if (kind === 'GitHubEnterprise' && !built.uri)
    return {
      noRepository:
        'is unknown: the variables of the pipeline do not contain the address of its GitHub Enterprise Server',
    };
  return {
    noRepository: `is of a kind that no catalog integration reads (${kind})`,
    cloneUrl: kind === 'Git' ? built.uri : undefined,
  };
}
