import { type Day, parseDay } from '../dates.ts';
import { Failure } from '../errors.ts';
import { isLoopback } from '../http/address.ts';
import { bullets, oneLine } from '../text.ts';
import {
  type AILMENTS,
  type CATALOGS,
  type COMMANDS,
  type ENTITIES,
  INPUTS,
  type INTEGRATIONS,
  type InputName,
  type InputRow,
  type REGIONS,
  type ROTATIONS,
} from './table.ts';
import {
  type Complain,
  type CustomField,
  MACHINE_NAME,
  parseBoolean,
  parseCustomFields,
  parseLabels,
} from './values.ts';

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
 * @throws {Failure} that names every problem
 */
export async function parseInputs(read: (name: InputName) => string): Promise<Inputs> {
  const problems: string[] = [];
  const complainOf =
    (name: InputName): Complain =>
    (problem) =>
      problems.push(`${name} ${problem}`);
  const text = (name: InputName) => read(name).trim() || undefined;
  const value = (name: InputName) => text(name) ?? row(name).default;

  function choice<T extends string>(name: InputName): T {
    const given = value(name);
    if (given !== undefined && !row(name).choices?.includes(given))
      complainOf(name)(`is "${oneLine(given, 80)}"; it can be ${row(name).choices?.join(', ')}`);
    return given as T;
  }
  function list(name: InputName): string[] {
    const given = (value(name) ?? '').split(/[,\r\n]/u).map((item) => item.trim());
    return [...new Set(given.filter(Boolean))];
  }
  function choices<T extends string>(name: InputName): T[] {
    const given = list(name);
    for (const item of given.filter((one) => !row(name).choices?.includes(one)))
      complainOf(name)(`has "${oneLine(item, 80)}"; it can have ${row(name).choices?.join(', ')}`);
    return given as T[];
  }
  function day(name: InputName): Day | undefined {
    const given = text(name);
    const parsed = given && parseDay(given);
    if (given && !parsed)
      complainOf(name)(`is "${oneLine(given, 80)}"; it must be a day as YYYY-MM-DD, like 2027-03-31`);
    return parsed || undefined;
  }
  function boolean(name: InputName): boolean {
    const parsed = parseBoolean(value(name) ?? '');
    if (parsed === undefined) complainOf(name)(`is "${oneLine(read(name), 80)}"; it can be true or false`);
    return parsed ?? false;
  }
  function whole(name: InputName, least: number, most: number, unit: string): number {
    const given = value(name) ?? '';
    if (!/^\d{1,5}$/u.test(given) || Number(given) < least || Number(given) > most)
      complainOf(name)(`is "${oneLine(given, 80)}"; it must be a number of ${unit} from ${least} to ${most}`);
    return Number(given);
  }
  function limited(name: InputName, longest: number): string | undefined {
    const given = text(name);
    if (given && given.length > longest)
      complainOf(name)(`has ${given.length} characters; the catalog takes at most ${longest}`);
    return given;
  }
  function machineName(name: InputName): string | undefined {
    const given = text(name);
    if (given && !MACHINE_NAME.test(given))
      complainOf(name)(
        `is "${oneLine(given, 130)}"; a name is 1 to 120 lower-case letters, digits, "." and "-"`,
      );
    return given;
  }
  function url(name: InputName): string | undefined {
    const given = text(name);
    if (given === undefined) return undefined;
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    const secure =
      parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname));
    if (!parsed || !secure || parsed.username || parsed.password || parsed.search || parsed.hash) {
      complainOf(name)('must be an https URL without user, query and fragment (plain http only to loopback)');
      return undefined;
    }
    return parsed.href.replace(/\/+$/u, '');
  }

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
    azureDevOpsOrganization: text('azure-devops-organization'),
    azureDevOpsUrl: url('azure-devops-url'),
    integration: choice('integration'),
    integrationName: machineName('integration-name'),
    integrationDisplayName: limited('integration-display-name', 120),
    azureDevOpsPat: secret('azure-devops-pat'),
    rotateCredential: choice('rotate-credential'),
    patExpiresOn: day('pat-expires-on'),
    serviceName: machineName('service-name'),
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
  if (problems.length > 0)
    throw new Failure(`The inputs cannot be used:\n${bullets(problems)}`, 'Nothing was sent.');
  return inputs;

  function catalogUrl(): string {
    if (catalog === 'backstage')
      complainOf('catalog-url')('is empty; set it to the address of your Backstage');
    return catalog === 'roadie' ? 'https://api.roadie.so' : `https://${region}.api.konghq.com`;
  }

  function filePath(name: InputName): string {
    const given = value(name) ?? '';
    const path = given.startsWith('/') ? given : `/${given}`;
    if (path.endsWith('/') || /[\\\p{Cc}?#]|\/\.{0,2}(?:\/|$)/u.test(path))
      complainOf(name)(
        `is "${oneLine(given, 80)}"; it must be the path of a file from the root of the repository`,
      );
    return path;
  }

  function missingToken(): string {
    complainOf('catalog-token')(
      `is empty. Give it the secret that holds the catalog's token. Usual mistakes: the secret has another name, or does not exist for this repository, environment or variable group; a reusable workflow was called without "secrets: inherit"; the pipeline has no access to the variable group`,
    );
    return '';
  }

  function secret(name: InputName): string | undefined {
    const given = text(name);
    // A header cannot carry these, and no token has them: it was pasted with something around it.
    if (given && /[^\x21-\x7e]/u.test(given))
      complainOf(name)('holds spaces, line breaks or other characters that no token has');
    return given;
  }
}

const rows: ReadonlyMap<string, InputRow> = new Map(INPUTS.map((entry) => [entry.name, entry]));

function row(name: InputName): InputRow {
  return rows.get(name) as InputRow;
}
