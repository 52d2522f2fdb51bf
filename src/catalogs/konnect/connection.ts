import type { Clock } from '../../clock.ts';
import type { Ensured } from '../../ensure.ts';
import type { Critical } from '../../http/http.ts';
import type { Inputs } from '../../inputs/parse.ts';
import type { Owner, Repository } from '../../repository.ts';
import type { AzureDevOps, ExactRepository } from '../../scm/azure-devops.ts';
import type { Progress, Thing } from '../catalog.ts';
import type { KonnectClient } from './client.ts';
import { IntegrationInstance } from './schemas.ts';

/** What the integration of an organization is looked at with. */
export interface Access {
  client: KonnectClient;
  clock: Clock;
  inputs: Inputs;
  owner: Owner;
  progress: Progress;
}

/** What the four things of one repository are ensured with. */
export interface Connection extends Access {
  azureDevOps: AzureDevOps;
  /** The same time, for what must be brought to its end: its sleeps end some time after the run was to. */
  steadyClock: Clock;
  /** Write nothing, and say what would be written. */
  plan: boolean;
  /** As exactly as it is known by now. */
  repository: Repository | ExactRepository;
  /**
   * Proves, once, that the PAT is given and reads the repository, with the scope that Konnect needs.
   *
   * @param why what cannot be done without it
   * @throws {Failure} when it is not given, or Azure DevOps refuses it
   */
  provePat(why: string): Promise<void>;
  /** The repository with its ID and exact names, which Azure DevOps tells; undefined where nobody can ask it. */
  identify(): Promise<ExactRepository | undefined>;
  /**
   * The repository, exactly where Azure DevOps is asked for it in any case, to try the PAT; else as the run knows it.
   * Never rejects.
   */
  exactly(): Promise<Repository | ExactRepository>;
  /** Whether there is another repository of this ID in the organization; undefined where nobody can say. */
  exists(id: string): Promise<boolean | undefined>;
}

export function instancePath({ id }: Pick<IntegrationInstance, 'id'>): string {
  return `/integration-instances/${id}`;
}

/** An integration instance as it is now. */
export function readInstance(
  { client }: Access,
  instance: IntegrationInstance,
  critical?: Critical,
): Promise<IntegrationInstance> {
  return client.get(instancePath(instance), IntegrationInstance, { critical });
}

/** Where people see and authorize integrations. */
export function integrationsPage({ inputs, owner }: Pick<Access, 'inputs' | 'owner'>): string {
  const region = /^https:\/\/(\w+)\.api\.konghq\.com$/u.exec(inputs.catalogUrl)?.[1] ?? 'us';
  return `https://cloud.konghq.com/${region}/service-catalog/integrations/${owner.provider}`;
}

/** Tells what became of a thing. */
export function tell(
  { progress }: Access,
  thing: Thing,
  name: string,
  ensured: Ensured<{ id: string }>,
): void {
  const { operation, value, differences } = ensured;
  progress.outcome({ thing, operation, name, id: value?.id ?? '', reasons: differences });
}

/** What is ensured when a plan comes to a thing whose surroundings do not exist yet. */
export function wouldCreate(...reasons: string[]): Ensured<never> {
  return { operation: 'created', value: undefined, differences: reasons };
}
