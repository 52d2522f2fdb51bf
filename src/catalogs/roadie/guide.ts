import { fullName, type Repository } from '../../repository.ts';
import { makingOf } from '../../scm/pat.ts';

/** Roadie's steps that have no public API: each as one text, with its page and what to enter there. */
export interface Guide {
  codeSearch(certain: boolean): string;
  /** @param what whether there is a PAT to store, a new one is to be made, or nobody knows */
  secret(what: 'given' | 'new' | 'unknown'): string;
  /** That the secret holds another PAT than the one that is given. */
  otherSecret(): string;
  reading(): string[];
}

/** @param site the address of the tenant, e.g. `https://acme.roadie.so` */
export function guideOf(site: string, repository: Repository, file: string, target: string): Guide {
  const { organization, project, name, provider } = repository;
  const secrets = `${site}/administration/secrets`;
  const integrations = `${site}/administration/settings/integrations`;
  return {
    codeSearch: (certain) =>
      `${certain ? 'Install' : 'See to it that there is'} the extension Code Search in the organization "${organization}", by somebody who may manage its extensions: https://marketplace.visualstudio.com/items?itemName=ms.vss-code-search (without it, Roadie discovers nothing).`,
    secret: (what) =>
      ({
        given: `Put the azure-devops-pat that is given into the secret AZURE_TOKEN at ${secrets} (it takes some minutes).`,
        new: `${makingOf(repository)} Put it into the secret AZURE_TOKEN at ${secrets} (it takes some minutes), and give it to this step as azure-devops-pat too, if that is given.`,
        unknown: `See to it that the secret AZURE_TOKEN at ${secrets} holds a PAT (Code: Read, in the organization "${organization}" only).`,
      })[what],
    otherSecret: () =>
      `The secret AZURE_TOKEN at ${secrets} ends in other characters than the azure-devops-pat. Put that into it, or give this step the PAT that is in it.`,
    reading: () =>
      provider === 'azure-devops'
        ? [
            `Do one of these: for discovery, add a provider at ${integrations}/azure, with Organization: ${organization}, Project: ${project ?? name}, Repository: ${name} (or nothing, for all), Path: ${file}; or, for ${fullName(repository)} alone, import ${target} at ${site}/import/entity.`,
          ]
        : [
            `See to it that Roadie may read "${organization}": ${integrations}.`,
            `Import ${target} at ${site}/import/entity.`,
          ],
  };
}
