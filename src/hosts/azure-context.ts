import type { Repository } from '../repository.ts';
import { parseRepositoryUrl } from '../repository-url.ts';
import type { Environment } from './environment.ts';
import type { RunContext } from './host.ts';

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
      build &&
      `${[url, ...[organization, project].map(encodeURIComponent)].join('/')}/_build/results?buildId=${encodeURIComponent(build)}`,
  };
}

/** `https://dev.azure.com/ORG/`, `https://ORG.visualstudio.com/` or, on a Server, `https://host/tfs/Collection/`. */
function organizationOf(environment: Environment): RunContext['azureDevOps'] {
  const collection = environment.SYSTEM_COLLECTIONURI || environment.SYSTEM_TEAMFOUNDATIONCOLLECTIONURI;
  if (!collection || !URL.canParse(collection)) return undefined;
  const token = environment.ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN || undefined;
  const url = new URL(collection);
  if (url.hostname.endsWith('.visualstudio.com'))
    return { organization: url.hostname.split('.')[0] ?? '', url: 'https://dev.azure.com', token };
  const segments = url.pathname.split('/').filter(Boolean);
  const organization = decoded(segments.pop() ?? '');
  return organization ? { organization, url: [url.origin, ...segments].join('/'), token } : undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** By the kind of repository: a pipeline of Azure DevOps can build those of other hosts too. */
function repositoryOf(environment: Environment): Pick<RunContext, 'repository' | 'noRepository'> {
  const kind = environment.BUILD_REPOSITORY_PROVIDER;
  if (!kind)
    return {
      noRepository: 'is unknown: the pipeline has no Build.Repository variables (a classic release has none)',
    };
  const repository = kind === 'TfsGit' ? azureRepository(environment) : foreignRepository(environment, kind);
  if (!repository && kind === 'TfsGit')
    return { noRepository: 'is unknown: Build.Repository.Uri cannot be read' };
  return repository
    ? { repository }
    : { noRepository: `is of a kind that no catalog integration reads (${kind})` };
}

function azureRepository(environment: Environment): Repository | undefined {
  // The URI tells the repository's own project; System.TeamProject is the pipeline's.
  const repository =
    withinCollection(environment) ?? parseRepositoryUrl(environment.BUILD_REPOSITORY_URI ?? '');
  if (!repository) return undefined;
  const sameProject = repository.project?.toLowerCase() === environment.SYSTEM_TEAMPROJECT?.toLowerCase();
  return {
    ...repository,
    id: /^[\w-]+$/u.test(environment.BUILD_REPOSITORY_ID ?? '') ? environment.BUILD_REPOSITORY_ID : undefined,
    projectId: (sameProject && environment.SYSTEM_TEAMPROJECTID) || undefined,
  };
}

/** A Server's repository URL does not tell how much of it is the base; the collection's own URL does. */
function withinCollection(environment: Environment): Repository | undefined {
  const collection = organizationOf(environment);
  const uri = environment.BUILD_REPOSITORY_URI ?? '';
  if (!collection || !URL.canParse(uri)) return undefined;
  const { origin, pathname } = new URL(uri);
  const base = `${collection.url}/${encodeURIComponent(collection.organization)}/`;
  const address = `${origin}${pathname}`;
  if (!address.toLowerCase().startsWith(base.toLowerCase())) return undefined;
  const repository = parseRepositoryUrl(`https://dev.azure.com/collection/${address.slice(base.length)}`);
  return repository && { ...repository, organization: collection.organization, host: collection.url };
}

function foreignRepository(environment: Environment, kind: string): Repository | undefined {
  if (kind !== 'GitHub' && kind !== 'GitHubEnterprise' && kind !== 'Git') return undefined;
  const provider = kind === 'Git' ? undefined : 'github';
  return parseRepositoryUrl(environment.BUILD_REPOSITORY_URI ?? '', provider);
}
