import { fullName, type Repository } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';

/** Roadie's steps that have no public API: each as one text, with its page and what to enter there. */
export interface Guide {
  codeSearch(certain: boolean): string;
  secret(certain: boolean): string;
  provider(): string;
  import(alone: boolean): string;
}

/** @param site the address of the tenant, e.g. `https://acme.roadie.so` */
export function guideOf(site: string, repository: Repository, file: string, target: string): Guide {
  const { organization, project, name } = repository;
  return {
    codeSearch: (certain) =>
      `${certain ? 'Install' : 'See to it that there is'} the extension Code Search in the organization "${organization}", by somebody who may manage its extensions: https://marketplace.visualstudio.com/items?itemName=ms.vss-code-search (without it, Roadie discovers nothing).`,
    secret: (certain) =>
      certain
        ? `${makingOf(repository)} Put it into the secret AZURE_TOKEN at ${site}/administration/secrets (it takes some minutes).`
        : `See to it that the secret AZURE_TOKEN at ${site}/administration/secrets holds a PAT (Code: Read, in the organization "${organization}" only).`,
    provider: () =>
      `Add a provider at ${site}/administration/settings/integrations/azure, with Organization: ${organization}, Project: ${project ?? name}, Repository: ${name} (or nothing, for all), Path: ${file}.`,
    import: (alone) =>
      alone
        ? `Import ${target} at ${site}/import/entity.`
        : `Or, for ${fullName(repository)} alone, in the place of the provider: import ${target} at ${site}/import/entity.`,
  };
}
