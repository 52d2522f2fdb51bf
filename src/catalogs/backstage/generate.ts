import { Failure } from '../../errors.ts';
import type { Inputs } from '../../inputs/parse.ts';
import type { Repository } from '../../repository.ts';
import { oneLine } from '../../text.ts';
import { componentName, nameOf } from './entity.ts';
import { pageOf } from './target.ts';

/** A component as it is written in a file, or given to Roadie. */
export type ComponentFile = {
  apiVersion: string;
  kind: string;
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
};

/** `metadata.namespace` of Backstage ("Descriptor Format of Catalog Entities", section "namespace"). */
const NAMESPACE = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/u;
const UNKNOWN_OWNER = 'unknown';

/** A reference to an entity (@backstage/catalog-model, parseEntityRef). */
const ENTITY_REF = /^(?:[^:/]+:)?(?:[^:/]+\/)?[^:/]+$/u;

/**
 * The component of a repository, from the inputs and what is known of the repository: one that the catalog accepts.
 *
 * @throws {Failure} when the inputs have a namespace or an owner that it does not accept
 */
export function componentOf(inputs: Inputs, repository: Repository): ComponentFile {
  const { owner, ...fields } = inputs.serviceCustomFields;
  const links = Object.values(fields).flatMap((value) =>
    typeof value === 'object' && value !== null
      ? [{ ...(value.name.trim() ? { title: value.name } : {}), url: value.link }]
      : [],
  );
  const { name, namespace } = nameOf(inputs.serviceName ?? componentName(repository));
  if (namespace !== undefined && !NAMESPACE.test(namespace))
    throw new Failure(
      `The catalog accepts no component in the namespace "${namespace}".`,
      'Set service-name to another name. A namespace has lower-case letters, digits and "-", and begins and ends with a letter or digit.',
    );
  const group = typeof owner === 'string' && owner.trim() ? owner.trim() : UNKNOWN_OWNER;
  if (!ENTITY_REF.test(group))
    throw new Failure(
      `The catalog accepts no owner "${oneLine(group, 120)}".`,
      'Set owner in service-custom-fields to the name of a group or user, or to a reference such as group:default/name.',
    );
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      title: inputs.serviceDisplayName ?? repository.name,
      ...(inputs.serviceDescription ? { description: inputs.serviceDescription } : {}),
      ...(Object.keys(inputs.serviceLabels).length > 0 ? { labels: inputs.serviceLabels } : {}),
      annotations: annotationsOf(repository),
      ...(links.length > 0 ? { links } : {}),
    },
    spec: { type: 'service', lifecycle: 'production', owner: group },
  };
}

/**
 * By which plugins find the repository (backstage.io "Well-known Annotations"; plugin-azure-devops, README).
 */
export function annotationsOf(repository: Repository): Record<string, string> {
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
  const hint = component.spec.owner === UNKNOWN_OWNER ? ' # the group or user that owns it' : '';
  return stringify(component, { lineWidth: 0 }).replace(/^( {2}owner: unknown)$/mu, `$1${hint}`);
}
