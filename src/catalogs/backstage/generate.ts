import type { Inputs } from '../../inputs/parse.ts';
import type { Repository } from '../../repository.ts';
import { componentName } from './entity.ts';
import { pageOf } from './target.ts';

/** A component as it is written in a file, or given to Roadie. */
export type ComponentFile = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
};

/** The component of a repository, from the inputs and what is known of the repository. */
export function componentOf(inputs: Inputs, repository: Repository): ComponentFile {
  const { owner, ...fields } = inputs.serviceCustomFields;
  const links = Object.entries(fields).flatMap(([, value]) =>
    typeof value === 'object' && value !== null ? [{ title: value.name, url: value.link }] : [],
  );
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      ...nameOf(inputs.serviceName ?? componentName(repository)),
      title: inputs.serviceDisplayName ?? repository.name,
      ...(inputs.serviceDescription ? { description: inputs.serviceDescription } : {}),
      ...(Object.keys(inputs.serviceLabels).length > 0 ? { labels: inputs.serviceLabels } : {}),
      annotations: annotationsOf(repository),
      ...(links.length > 0 ? { links } : {}),
    },
    spec: { type: 'service', lifecycle: 'production', owner: typeof owner === 'string' ? owner : 'unknown' },
  };
}

/** `name`, `namespace/name` or `component:namespace/name`. */
function nameOf(ref: string): { name: string; namespace?: string } {
  const [name = '', namespace] = ref
    .replace(/^component:/iu, '')
    .split('/')
    .reverse();
  return { name, ...(namespace ? { namespace } : {}) };
}

/**
 * By which plugins find the repository (backstage.io "Well-known Annotations"; plugin-azure-devops, README).
 */
function annotationsOf(repository: Repository): Record<string, string> {
  const { provider, host, organization, project, name } = repository;
  // With a slash, or the root as its path, it is a folder that files are relative to.
  const root = provider === 'azure-devops' ? '?path=%2F' : '/';
  const source = { 'backstage.io/source-location': `url:${pageOf(repository)}${root}` };
  switch (provider) {
    case 'azure-devops':
      return {
        'dev.azure.com/project-repo': `${project ?? name}/${name}`,
        'dev.azure.com/host-org': `${new URL(host).host}/${organization}`,
        ...source,
      };
    case 'github':
      return { 'github.com/project-slug': `${organization}/${name}`, ...source };
    case 'gitlab':
      return { 'gitlab.com/project-slug': `${organization}/${name}`, ...source };
  }
}

/** The text of a catalog file, ready to be committed. */
export async function generated(inputs: Inputs, repository: Repository): Promise<string> {
  const { stringify } = await import('yaml');
  const component = componentOf(inputs, repository);
  const hint = component.spec.owner === 'unknown' ? ' # the group or user that owns it' : '';
  return stringify(component, { lineWidth: 0 }).replace(/^( {2}owner: unknown)$/mu, `$1${hint}`);
}
