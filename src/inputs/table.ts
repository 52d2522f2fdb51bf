/**
 * The ONE table of inputs and outputs. action.yml, task.json and the tables of the README are generated from it
 * (`npm run generate`), and inputs are parsed by it (`parse.ts`).
 */

export interface InputRow {
  name: string;
  group: keyof typeof GROUPS;
  type: 'text' | 'lines' | 'choice' | 'choices' | 'boolean' | 'whole number' | 'secret';
  /** What an absent or empty value means, where that is one fixed value. */
  default?: string;
  /** The default of action.yml alone: an expression that only GitHub knows. */
  gitHubDefault?: string;
  /** The one of the two pipelines that has this input, if not both. */
  only?: 'github' | 'azure';
  /** What it means otherwise, for the README. */
  otherwise?: string;
  choices?: readonly string[];
  required?: boolean;
  /** Short, for the form of Azure Pipelines. */
  label: string;
  /** One or two sentences, without line breaks. */
  description: string;
}

/** @public read by scripts/generate.mjs */
export const GROUPS = {
  run: 'What to do',
  catalog: 'The catalog',
  repository: 'The repository',
  integration: 'The integration',
  credential: 'The credential',
  service: 'The service',
  resource: 'The resource',
  reminder: 'The reminder',
} as const;

export const COMMANDS = ['register', 'plan', 'remind'] as const;
export const CATALOGS = ['konnect', 'backstage', 'roadie'] as const;
export const ENTITIES = ['generate', 'push'] as const;
export const REGIONS = ['us', 'eu', 'au', 'me', 'in', 'sg'] as const;
export const INTEGRATIONS = ['azure-devops', 'github', 'gitlab'] as const;
export const ROTATIONS = ['auto', 'always', 'never'] as const;
/** What may be wrong with, or unknown of, a credential; `none` is for a step that never fails of it. */
export const AILMENTS = [
  'expiring',
  'expired',
  'tainted',
  'missing',
  'unauthorized',
  'unknown',
  'none',
] as const;

export const INPUTS = [
  {
    name: 'command',
    group: 'run',
    type: 'choice',
    choices: COMMANDS,
    default: 'register',
    label: 'Command',
    description:
      '`register` ensures everything; `plan` reads everything, writes nothing and says what `register` would do; `remind` tells in time when the PAT ends.',
  },
  {
    name: 'timeout-minutes',
    group: 'run',
    type: 'whole number',
    default: '15',
    label: 'Timeout in minutes',
    description: 'How many minutes the whole run may take, with all its repeats and waits.',
  },
  {
    name: 'summary',
    group: 'run',
    type: 'boolean',
    default: 'true',
    label: 'Job summary',
    description: 'Show what was done in the job summary.',
  },
  {
    name: 'catalog',
    group: 'catalog',
    type: 'choice',
    choices: CATALOGS,
    default: 'konnect',
    label: 'Catalog',
    description: 'The kind of catalog: Kong Konnect, Backstage, or Roadie.',
  },
  {
    name: 'catalog-token',
    group: 'catalog',
    type: 'secret',
    required: true,
    label: 'Catalog token',
    description:
      'From a secret. Konnect: `spat_…` of a system account or `kpat_…` of a person; Backstage: a static or service token; Roadie: a service token.',
  },
  {
    name: 'catalog-region',
    group: 'catalog',
    type: 'choice',
    choices: REGIONS,
    default: 'us',
    label: 'Catalog region',
    description: 'The Konnect region that the catalog is in.',
  },
  {
    name: 'catalog-url',
    group: 'catalog',
    type: 'text',
    otherwise: 'from `catalog-region`; `https://api.roadie.so` for Roadie',
    label: 'Catalog URL',
    description:
      'The base URL: of Backstage (required), for example `https://backstage.example.com`; of your Roadie, `https://acme.roadie.so`; of the Konnect API.',
  },
  {
    name: 'catalog-file',
    group: 'catalog',
    type: 'text',
    default: '/catalog-info.yaml',
    label: 'Catalog file',
    description: 'Backstage and Roadie: the file of the repository that describes it.',
  },
  {
    name: 'entity',
    group: 'catalog',
    type: 'choice',
    choices: ENTITIES,
    otherwise: 'from the file, which has to be there',
    label: 'Entity',
    description:
      'Backstage and Roadie: what to do where the repository has no such file: `generate` shows one to commit. `push` (Roadie) gives the entity to the catalog, instead of having it read.',
  },
  {
    name: 'fail-on-pending',
    group: 'catalog',
    type: 'boolean',
    default: 'true',
    label: 'Fail on pending',
    description:
      'Fail when something is still pending at the end: a repository that Konnect has not discovered after `wait-timeout`, or a step in Roadie that only a person can do.',
  },
  {
    name: 'repository',
    group: 'repository',
    type: 'text',
    otherwise: 'the repository of this run',
    label: 'Repository',
    description:
      '`project/repository`, `organization/project/repository`, `owner/name`, or the clone or web URL of any of them.',
  },
  {
    name: 'azure-devops-organization',
    group: 'repository',
    type: 'text',
    otherwise: 'from the repository or the pipeline',
    label: 'Azure DevOps organization',
    description: 'The Azure DevOps organization (on a Server, the collection), by its name or its address.',
  },
  {
    name: 'azure-devops-url',
    group: 'repository',
    type: 'text',
    otherwise: 'from the repository or the pipeline, else `https://dev.azure.com`',
    label: 'Azure DevOps URL',
    description: 'The base URL of Azure DevOps, for example `https://tfs.example.com/tfs` of a Server.',
  },
  {
    name: 'integration',
    group: 'integration',
    type: 'choice',
    choices: INTEGRATIONS,
    otherwise: "by the repository's host",
    label: 'Integration',
    description:
      'The kind of integration that reads the repository. Set it for a host with a name of its own, such as a GitHub Enterprise Server.',
  },
  {
    name: 'integration-name',
    group: 'integration',
    type: 'text',
    otherwise: 'the integration instance of this organization; `azure-devops` when it is created',
    label: 'Integration name',
    description: 'The machine name of the integration instance.',
  },
  {
    name: 'integration-display-name',
    group: 'integration',
    type: 'text',
    otherwise: 'left as it is; `Azure DevOps` when it is created',
    label: 'Integration display name',
    description: 'The display name of the integration instance.',
  },
  {
    name: 'azure-devops-pat',
    group: 'credential',
    type: 'secret',
    label: 'Azure DevOps PAT',
    description:
      'The personal access token (Code: Read, in this organization only) with which the catalog reads the repositories. From a secret. Without it, the credential is only checked.',
  },
  {
    name: 'rotate-credential',
    group: 'credential',
    type: 'choice',
    choices: ROTATIONS,
    default: 'auto',
    label: 'Rotate the credential',
    description:
      'When to replace the credential: `auto` if it is tainted, expired or made from another PAT; `always`; or `never`.',
  },
  {
    name: 'pat-expires-on',
    group: 'credential',
    type: 'text',
    otherwise: 'what the catalog, or an earlier run, knows; else estimated',
    label: 'PAT expires on',
    description:
      'The last day of the PAT, as `YYYY-MM-DD`, which nobody can read from it. `register` records it on the integration for later reminders.',
  },
  {
    name: 'service-name',
    group: 'service',
    type: 'text',
    otherwise: "the service that the repository is mapped to, else the repository's name",
    label: 'Service name',
    description:
      'The name of the service. Konnect: lower-case letters, digits, `.` and `-`, at most 120. Backstage and Roadie: the component, where the catalog file has several.',
  },
  {
    name: 'service-display-name',
    group: 'service',
    type: 'text',
    otherwise: "left as it is; the repository's name when it is created",
    label: 'Service display name',
    description: 'The display name of the catalog service.',
  },
  {
    name: 'service-description',
    group: 'service',
    type: 'text',
    otherwise: 'left as it is',
    label: 'Service description',
    description: 'The description of the catalog service, at most 2048 characters.',
  },
  {
    name: 'service-labels',
    group: 'service',
    type: 'lines',
    otherwise: 'left as they are',
    label: 'Service labels',
    description:
      'One `key=value` a line, or a YAML or JSON map. Labels that are not named here are left as they are.',
  },
  {
    name: 'service-custom-fields',
    group: 'service',
    type: 'lines',
    otherwise: 'left as they are',
    label: 'Service custom fields',
    description:
      'A YAML or JSON map: owner, cost_center, product_manager (text); git_repo, dashboard, jira_project, slack_channel (a map of name and link). `null` clears a field; fields that are not named here are left as they are.',
  },
  {
    name: 'resource-id',
    group: 'resource',
    type: 'text',
    otherwise: 'searched for',
    label: 'Resource ID',
    description: 'The ID of the catalog resource that is the repository, where the search cannot tell.',
  },
  {
    name: 'wait-timeout',
    group: 'resource',
    type: 'whole number',
    default: '300',
    label: 'Wait timeout',
    description:
      'How many seconds to wait until the catalog has discovered or read the repository; `0` does not wait.',
  },
  {
    name: 'map-before-discovery',
    group: 'resource',
    type: 'boolean',
    default: 'false',
    label: 'Map before discovery',
    description:
      'Map the repository without waiting for its discovery, where Konnect describes repositories by nothing but what is known of this one.',
  },
  {
    name: 'remind-within-days',
    group: 'reminder',
    type: 'whole number',
    default: '30',
    label: 'Remind within days',
    description: 'How many days before its end a PAT counts as `expiring`.',
  },
  {
    name: 'fail-on',
    group: 'reminder',
    type: 'choices',
    choices: AILMENTS,
    default: 'expired,tainted,missing',
    label: 'Fail on',
    description: 'With which `credential-status` a step with `command: remind` fails; `none` for never.',
  },
  {
    name: 'ticket',
    group: 'reminder',
    type: 'boolean',
    default: 'false',
    label: 'Ticket',
    description:
      'With `command: remind`: keep one ticket about the renewal, an issue of the current repository on GitHub, a work item of the project on Azure DevOps.',
  },
  {
    name: 'ticket-assignees',
    group: 'reminder',
    type: 'lines',
    otherwise: 'nobody',
    label: 'Ticket assignees',
    description:
      'Who is assigned to a new ticket: logins on GitHub, one user name (an e-mail address) on Azure DevOps. One a line, or separated by commas.',
  },
  {
    name: 'ticket-labels',
    group: 'reminder',
    type: 'lines',
    otherwise: 'only those that the ticket is found by',
    label: 'Ticket labels',
    description: 'More labels (tags on Azure DevOps) of a new ticket. One a line, or separated by commas.',
  },
  {
    name: 'work-item-type',
    group: 'reminder',
    type: 'text',
    only: 'azure',
    default: 'Task',
    label: 'Work item type',
    description: 'The type of the work item, one that the process of the project has.',
  },
  {
    name: 'github-token',
    group: 'reminder',
    type: 'secret',
    only: 'github',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
    gitHubDefault: '${{ github.token }}',
    label: 'GitHub token',
    description: 'The token that keeps the issue. It needs `issues: write`. Used only with `ticket`.',
  },
] as const satisfies readonly InputRow[];

export type InputName = (typeof INPUTS)[number]['name'];

/** `pending` waits for a person, or until the catalog has discovered the repository. */
export const OPERATIONS = ['created', 'updated', 'replaced', 'unchanged', 'skipped', 'pending'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const TICKET_OPERATIONS = [
  'created',
  'updated',
  'closed',
  'reopened',
  'unchanged',
  'skipped',
] as const;
export type TicketOperation = (typeof TICKET_OPERATIONS)[number];

/** Where the day on which a credential ends is known from. */
export const EXPIRY_SOURCES = ['input', 'catalog', 'recorded', 'token-issue-month', 'created-at'] as const;
export type ExpirySource = (typeof EXPIRY_SOURCES)[number];

const quoted = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');
const operations = quoted(OPERATIONS);

/** With the value of an output that a run did not come to. */
export const OUTPUTS = [
  { name: 'integration-id', default: '', description: 'The ID of the integration instance.' },
  { name: 'integration-operation', default: 'skipped', description: `What was done: ${operations}.` },
  { name: 'credential-id', default: '', description: 'The ID of the auth credential.' },
  { name: 'credential-operation', default: 'skipped', description: `What was done: ${operations}.` },
  {
    name: 'credential-status',
    default: '',
    description:
      '`valid`, `expiring`, `expired`, `tainted`, `missing`, `unauthorized`, or `unknown` where nothing proves that it works or does not.',
  },
  {
    name: 'credential-expires-on',
    default: '',
    description: 'The last day of the credential (in UTC), as `YYYY-MM-DD`; empty when nothing is known.',
  },
  {
    name: 'credential-days-left',
    default: '',
    description: 'How many days that is from today: 0 on the last day, negative afterwards.',
  },
  {
    name: 'credential-expiry-source',
    default: '',
    description: `How that is known: ${quoted(EXPIRY_SOURCES)}. The last two are upper bounds.`,
  },
  { name: 'service-id', default: '', description: 'The ID of the catalog service.' },
  { name: 'service-name', default: '', description: 'The machine name of the catalog service.' },
  { name: 'service-operation', default: 'skipped', description: `What was done: ${operations}.` },
  { name: 'resource-id', default: '', description: 'The ID of the catalog resource that is the repository.' },
  { name: 'mapping-id', default: '', description: 'The ID of the resource mapping.' },
  { name: 'mapping-operation', default: 'skipped', description: `What was done: ${operations}.` },
  { name: 'ticket-url', default: '', description: 'The page of the ticket.' },
  {
    name: 'ticket-operation',
    default: 'skipped',
    description: `What was done with the ticket: ${quoted(TICKET_OPERATIONS)}.`,
  },
  {
    name: 'changed',
    default: 'false',
    description: '`true` when anything was (or, with `plan`, would be) written to the catalog.',
  },
] as const;

export type OutputName = (typeof OUTPUTS)[number]['name'];
