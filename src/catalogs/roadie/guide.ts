import { fullName, type Repository } from '../../repository.ts';

/** Roadie's steps that have no public API: each as one text, with its page and what to enter there. */
export interface Guide {
  codeSearch(): string;
  secret(): string;
  provider(): string;
  import(): string;
}

/** @param site the address of the tenant, e.g. `https://acme.roadie.so` */
export function guideOf(site: string, repository: Repository, file: string, target: string): Guide {
  const { host, organization, project, name } = repository;
  const tokens = `${host}/${encodeURIComponent(organization)}/_usersSettings/tokens`;
  return {
    codeSearch: () =>
      `Install the extension Code Search in the organization "${organization}", by somebody who may manage its extensions: https://marketplace.visualstudio.com/items?itemName=ms.vss-code-search (without it, Roadie discovers nothing).`,
    secret: () =>
      `Make a PAT at ${tokens} (Code: Read, in the organization "${organization}" only), and put it into the secret AZURE_TOKEN at ${site}/administration/secrets (it takes some minutes).`,
    provider: () =>
      `Add a provider at ${site}/administration/settings/integrations/azure, with Organization: ${organization}, Project: ${project ?? name}, Repository: ${name} (or nothing, for all), Path: ${file}.`,
    import: () =>
      `Or, for ${fullName(repository)} alone, in the place of the provider: import ${target} at ${site}/import/entity.`,
  };
}
