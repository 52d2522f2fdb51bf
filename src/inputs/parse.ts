import { parseOrganization } from '../azure-address.ts';
import type { Day } from '../dates.ts';
import { Failure } from '../errors.ts';
import { AZURE_DEVOPS, sameHost } from '../repository-host.ts';
import { otherThanCatalogToken, otherThanPat } from '../scm/pat.ts';
import { bullets, oneLine } from '../text.ts';
import { inputReader } from './reader.ts';
import type {
  AILMENTS,
  CATALOGS,
  COMMANDS,
  ENTITIES,
  INTEGRATIONS,
  InputName,
  REGIONS,
  ROTATIONS,
} from './table.ts';
import { type CustomField, ENTITY_NAME, MACHINE_NAME, parseCustomFields, parseLabels } from './values.ts';

/** All inputs, checked. What is undefined was not given. */
export interface Inputs {
  command: (typeof COMMANDS)[number];
  /** Milliseconds. */
  timeout: number;
  catalog: (typeof CATALOGS)[number];
  catalogToken: string;
  /** Without a trailing slash, and without the path of the API. */
  catalogUrl: string;
  /** A path from the root of the repository. */
  catalogFile: string;
  entity: (typeof ENTITIES)[number] | undefined;
  failOnPending: boolean;
  repository: string | undefined;
  azureDevOpsOrganization: string | undefined;
  /** Without a trailing slash. */
  azureDevOpsUrl: string | undefined;
  integration: (typeof INTEGRATIONS)[number] | undefined;
  integrationName: string | undefined;
  integrationDisplayName: string | undefined;
  azureDevOpsPat: string | undefined;
  rotateCredential: (typeof ROTATIONS)[number];
  patExpiresOn: Day | undefined;
  serviceName: string | undefined;
  serviceDisplayName: string | undefined;
  serviceDescription: string | undefined;
  serviceLabels: Record<string, string>;
  serviceCustomFields: Record<string, CustomField>;
  resourceId: string | undefined;
  /** Milliseconds. */
  waitTimeout: number;
  mapBeforeDiscovery: boolean;
  /** Days. */
  remindWithin: number;
  failOn: (typeof AILMENTS)[number][];
  ticket: boolean;
  ticketAssignees: string[];
  ticketLabels: string[];
  workItemType: string;
  gitHubToken: string | undefined;
}

/**
 * Reads and checks all inputs. An empty value is one that was not given.
 *
 * @param read the value of an input by its kebab-case name
 * @param jobToken the token of the pipeline's job, which is no secret of any input
 * @throws {Failure} that names every problem
 */
export async function parseInputs(
  read: (name: InputName) => string,
  jobToken?: string | undefined,
): Promise<Inputs> {
  const problems: string[] = [];
  const {
    boolean,
    choice,
    choices,
    complainOf,
    day,
    filePath,
    limited,
    list,
    name,
    secret,
    text,
    url,
    value,
    whole,
  } = inputReader(read, problems);

  const resourceId = text('resource-id');
  if (resourceId && !/^[\w-]{16}$/u.test(resourceId))
    complainOf('resource-id')(`is "${oneLine(resourceId, 80)}"; an ID has 16 letters, digits, "-" and "_"`);
  const region = choice<(typeof REGIONS)[number]>('catalog-region');
  // Read before, by whoever shows it.
  boolean('summary');
  const catalog = choice<(typeof CATALOGS)[number]>('catalog');
  const entity = choice<(typeof ENTITIES)[number]>('entity');
  if (entity === 'push' && catalog !== 'roadie') complainOf('entity')('is push, which only Roadie can take');
  const labels = text('service-labels');
  const customFields = text('service-custom-fields');
  const inputs: Inputs = {
    command: choice('command'),
    timeout: whole('timeout-minutes', 1, 1_440, 'minutes') * 60_000,
    catalogToken: secret('catalog-token') ?? missingToken(),
    catalog,
    catalogUrl: url('catalog-url')?.replace(/\/(?:v1|api|api\/catalog)$/u, '') ?? catalogUrl(),
    catalogFile: filePath('catalog-file'),
    entity,
    failOnPending: boolean('fail-on-pending'),
    repository: text('repository'),
    ...azureDevOps(),
    integration: choice('integration'),
    integrationName: name('integration-name', MACHINE_NAME),
    integrationDisplayName: limited('integration-display-name', 120),
    azureDevOpsPat: secret('azure-devops-pat'),
    rotateCredential: choice('rotate-credential'),
    patExpiresOn: day('pat-expires-on'),
    serviceName: name('service-name', catalog === 'konnect' ? MACHINE_NAME : ENTITY_NAME),
    serviceDisplayName: limited('service-display-name', 120),
    serviceDescription: limited('service-description', 2048),
    serviceLabels: labels ? await parseLabels(labels, complainOf('service-labels')) : {},
    serviceCustomFields: customFields
      ? await parseCustomFields(customFields, complainOf('service-custom-fields'))
      : {},
    resourceId,
    waitTimeout: whole('wait-timeout', 0, 86_400, 'seconds') * 1_000,
    mapBeforeDiscovery: boolean('map-before-discovery'),
    remindWithin: whole('remind-within-days', 1, 366, 'days'),
    failOn: choices('fail-on'),
    ticket: boolean('ticket'),
    ticketAssignees: list('ticket-assignees'),
    ticketLabels: list('ticket-labels'),
    workItemType: value('work-item-type') ?? '',
    gitHubToken: secret('github-token'),
  };
  checkSecrets(inputs);
  if (problems.length > 0)
    throw new Failure(`The inputs cannot be used:\n${bullets(problems)}`, 'Nothing was sent.');
  return inputs;

  /** People write the address of the organization for its name, and in the place of the base URL. */
  function azureDevOps(): Pick<Inputs, 'azureDevOpsOrganization' | 'azureDevOpsUrl'> {
    const given = text('azure-devops-organization');
    const named = given === undefined ? undefined : parseOrganization(given);
    if (given !== undefined && !named)
      complainOf('azure-devops-organization')(
        `must be the name of an organization, or its address, like ${AZURE_DEVOPS}/acme`,
      );
    const base = url('azure-devops-url');
    if (base === undefined || !sameHost(base, AZURE_DEVOPS))
      return { azureDevOpsOrganization: named?.organization, azureDevOpsUrl: base ?? named?.host };
    const { organization } = named ?? parseOrganization(base) ?? {};
    return { azureDevOpsOrganization: organization, azureDevOpsUrl: AZURE_DEVOPS };
  }

  function checkSecrets({ azureDevOpsPat: pat, catalogToken, gitHubToken }: Inputs): void {
    const others = { jobToken, catalogToken, gitHubToken };
    const notPat = pat && otherThanPat(pat, others);
    if (notPat)
      complainOf('azure-devops-pat')(
        `is ${notPat}. Create a personal access token in Azure DevOps with the scope Code: Read, and use that`,
      );
    const notToken = otherThanCatalogToken(catalogToken, others);
    if (notToken) complainOf('catalog-token')(`is ${notToken}. Use the token of the catalog`);
  }

  function catalogUrl(): string {
    if (catalog === 'backstage' && !text('catalog-url'))
      complainOf('catalog-url')('is empty; set it to the address of your Backstage');
    return catalog === 'roadie' ? 'https://api.roadie.so' : `https://${region}.api.konghq.com`;
  }

  function missingToken(): string {
    complainOf('catalog-token')(
      `is empty. Give it the secret that holds the catalog's token. Usual mistakes: the secret has another name, or does not exist for this repository, environment or variable group; a reusable workflow was called without "secrets: inherit"; the pipeline has no access to the variable group`,
    );
    return '';
  }
}
