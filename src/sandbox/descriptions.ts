import type { HostedRepository } from './state.ts';

/** How Konnect may describe a repository: nobody has published it, so the stand-in can do it in several ways. */
export const STYLES = ['ids', 'names', 'paths', 'urls'] as const;
/** `nameless`: by organization and ID, so that a search by name does not find it. */
export type DescriptionStyle = (typeof STYLES)[number] | 'nameless';

type Provider = 'azure-devops' | 'github' | 'gitlab';

export const RESOURCE_TYPES: Record<Provider, string> = {
  'azure-devops': 'azure_devops_repository',
  github: 'github_repository',
  gitlab: 'gitlab_project',
};

interface Description {
  name: string | null;
  config: Record<string, string>;
  integration_data: Record<string, unknown>;
}

export function describeRepository(
  style: DescriptionStyle,
  provider: Provider,
  repository: HostedRepository,
): Description {
  const { organization, project, projectId, name, id } = repository;
  const path = [project ?? organization, name].join('/');
  const details = { default_branch: 'main', size: 4096, languages: ['TypeScript'] };
  switch (style) {
    case 'ids': {
      const config = projectId ? { project_id: projectId, repository_id: id } : { repository_id: id };
      return { name, config, integration_data: details };
    }
    case 'names': {
      const config = project
        ? { organization, project, repository: name }
        : { owner: organization, repository: name };
      return { name, config, integration_data: details };
    }
    case 'paths':
      return { name: path, config: { slug: path }, integration_data: { ...details, name } };
    case 'nameless':
      return { name: null, config: { org: organization, guid: id }, integration_data: details };
    case 'urls': {
      const url = webAddress(provider, repository);
      return {
        name: path,
        config: { url },
        integration_data: { ...details, links: { clone: `${url}.git` } },
      };
    }
  }
}

function webAddress(provider: Provider, { organization, project, name }: HostedRepository): string {
  if (provider === 'azure-devops')
    return `https://${organization}@dev.azure.com/${organization}/${encodeURIComponent(project ?? name)}/_git/${encodeURIComponent(name)}`;
  return `https://${provider}.com/${organization}/${name}`;
}

/** What `GET /integrations` says of the keys of `config`. */
export function definitionOf(style: DescriptionStyle, provider: Provider): Record<string, 'string'> {
  const sample = { organization: 'o', project: 'p', projectId: 'i', name: 'n', id: 'i' };
  const { project, projectId, ...flat } = sample;
  const { config } = describeRepository(style, provider, provider === 'azure-devops' ? sample : flat);
  return Object.fromEntries(Object.keys(config).map((key) => [key, 'string']));
}
