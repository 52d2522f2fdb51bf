import { isGuid, isMarker, pipelineOwner, segmentsOf } from '../azure-address.ts';
import type { Repository } from '../repository.ts';
import { AZURE_DEVOPS, sameHost } from '../repository-host.ts';
import { parseRepositoryUrl } from '../repository-url.ts';
import type { Environment } from './environment.ts';
import type { PipelineOrganization } from './host.ts';

/** What the variables of Azure Pipelines tell of a repository. */
interface Built {
  /** e.g. `TfsGit`, `GitHub` (`Build.Repository.Provider`). */
  kind: string | undefined;
  /** A GUID; of GitHub `owner/name`. */
  id: string | undefined;
  /** Of GitHub `owner/name`. */
  name: string | undefined;
  uri: string | undefined;
  /** Of a classic release: the project that built what it releases. */
  project: string | undefined;
}

/**
 * The repository that is built; in a classic release, that of the primary artifact, under the names of builds or under
 * its own ("Classic release and artifacts variables").
 */
export function builtOf(environment: Environment): Built {
  const alias = environment.RELEASE_PRIMARYARTIFACTSOURCEALIAS?.toUpperCase().replace(/[. ]/gu, '_');
  const read = (name: string) =>
    environment[`BUILD_${name}`] || environment[`RELEASE_ARTIFACTS_${alias}_${name}`] || undefined;
  return {
    kind: read('REPOSITORY_PROVIDER'),
    id: read('REPOSITORY_ID'),
    name: read('REPOSITORY_NAME'),
    uri: read('REPOSITORY_URI'),
    project: read('PROJECTNAME'),
  };
}

/**
 * A repository of Azure DevOps, which is always in the collection of the pipeline.
 *
 * @returns without a project where the variables do not tell it, but the repository's ID
 */
export function azureRepository(
  built: Built,
  environment: Environment,
  collection: PipelineOrganization | undefined,
): Repository | undefined {
  const located = built.uri ? atUri(built.uri, collection) : byVariables(built, collection);
  if (!located) return undefined;
  const { SYSTEM_TEAMPROJECT: ownProject = '', SYSTEM_TEAMPROJECTID: ownProjectId = '' } = environment;
  const { name, project = '' } = located;
  const isOwnProject = same(project, ownProject) || same(project, ownProjectId);
  return {
    ...located,
    // A URI may have the IDs in the place of the names.
    name: isGuid(name) ? (built.name ?? name) : name,
    project: (isGuid(project) && isOwnProject ? ownProject : project) || undefined,
    id: /^[\w-]+$/u.test(built.id ?? '') ? built.id : located.id,
    projectId: (isOwnProject && ownProjectId) || located.projectId,
  };
}

/** The URI tells the repository's own project; System.TeamProject is the pipeline's. */
function atUri(uri: string, collection: PipelineOrganization | undefined): Repository | undefined {
  const parsed = parseRepositoryUrl(belowCollection(uri, collection) ?? uri);
  return parsed && collection ? { ...parsed, ...pipelineOwner(collection) } : parsed;
}

/**
 * The URI as the cloud would have it. A Server's does not tell how much of it is the base, and may be of another name
 * of the Server; the collection's own does.
 */
function belowCollection(uri: string, collection: PipelineOrganization | undefined): string | undefined {
  if (!collection || !URL.canParse(uri) || sameHost(uri, AZURE_DEVOPS)) return undefined;
  const path = segmentsOf(uri);
  const base = [...segmentsOf(collection.url), collection.organization];
  const isBelow = base.every((segment, index) => same(segment, path[index]));
  const before = path.slice(0, path.findIndex(isMarker));
  const depth = isBelow
    ? base.length
    : 1 + before.findIndex((segment) => same(segment, collection.organization));
  if (depth === 0) return undefined;
  return [AZURE_DEVOPS, 'collection', ...path.slice(depth).map(encodeURIComponent)].join('/');
}

function byVariables(
  { id, name, project }: Built,
  collection: PipelineOrganization | undefined,
): Repository | undefined {
  if (!collection || !id) return undefined;
  const path = [...(project ? [project] : []), '_git', name ?? id].map(encodeURIComponent);
  const parsed = parseRepositoryUrl([AZURE_DEVOPS, 'collection', ...path].join('/'));
  return parsed && { ...parsed, ...pipelineOwner(collection), project };
}

/** A repository of another host that a catalog integration reads. */
export function foreignRepository({ kind, name, uri }: Built): Repository | undefined {
  if (kind !== 'GitHub' && kind !== 'GitHubEnterprise' && kind !== 'Git') return undefined;
  const provider = kind === 'Git' ? undefined : 'github';
  return parseRepositoryUrl(uri ?? (kind === 'GitHub' && name ? `https://github.com/${name}` : ''), provider);
}

function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
