import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { camelCase, variableOf } from '../../../src/inputs/names.ts';
import { INPUTS } from '../../../src/inputs/table.ts';
import { ORGANIZATION, SHOP, type World } from './world.ts';

/** The built bundles, run as the real runners run them. */

export type HostName = 'github' | 'azure' | 'local';
export const HOSTS: HostName[] = ['github', 'azure', 'local'];

export interface RunOptions {
  /** Added to what a working step has; '' takes one away. */
  inputs?: Record<string, string>;
  /** Added to the runner's environment; undefined takes one away. */
  environment?: Record<string, string | undefined>;
  /** The event of GitHub Actions. */
  event?: { name: string; payload: unknown };
  /** The `origin` of a local checkout. */
  remote?: string;
  /** Of the command line: added to what the inputs make, or in the place of it. */
  arguments?: string[];
  only?: string[];
  /** The run shows an error, but does not fail. */
  flagged?: boolean;
  /** What the clock of the run says (milliseconds since 1970), if not the true time. */
  now?: number;
  /** Called with the process when it has started. */
  onStart?: (child: ChildProcess) => void;
}

export interface RunResult {
  succeeded: boolean;
  exitCode: number | null;
  /** What people read, without commands to the runner. */
  log: string;
  outputs: Record<string, string>;
  errors: string[];
  warnings: string[];
  notices: string[];
  summary: string;
  /** Everything that the process said and wrote, but for the commands that hide a secret. */
  everything: string;
  /** Commands to the runner that are none of those that a step should give. */
  strayCommands: string[];
  /** All that it wrote to stdout. */
  lines: string[];
  stderr: string;
}

const root = path.join(__dirname, '../../..');
const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8'));
const task = JSON.parse(readFileSync(path.join(root, 'task.json'), 'utf8'));
const node = process.env.E2E_NODE ?? process.execPath;
/** Where `dist` is: scripts/coverage.mjs has another, with source maps. */
const built = process.env.E2E_ROOT ?? root;

/** Runs a working step of the repository {@link SHOP}, changed by the options. */
export async function runStep(host: HostName, world: World, options: RunOptions = {}): Promise<RunResult> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'catalog-connect-'));
  try {
    const inputs: Record<string, string> = {
      'catalog-token': world.token,
      'catalog-url': world.url,
      'azure-devops-url': world.azureDevOpsUrl,
      'azure-devops-pat': world.pat,
      ...(host === 'azure' ? {} : { repository: `${ORGANIZATION}/${SHOP.project}/${SHOP.name}` }),
      ...options.inputs,
    };
    const result = await { github: runGitHub, azure: runAzure, local: runLocal }[host](
      world,
      inputs,
      options,
      folder,
    );
    const neutral = (text: string) => inGitHubsWords(host, text);
    return {
      ...result,
      log: neutral(result.log),
      errors: result.errors.map(neutral),
      warnings: result.warnings.map(neutral),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What people read names inputs as the host does; the scenarios name them as GitHub does. */
function inGitHubsWords(host: HostName, text: string): string {
  const names = INPUTS.map(({ name }) => name).filter((name) => name.includes('-'));
  return names.reduce<string>((result, name) => {
    if (host === 'azure') return result.replace(new RegExp(`\\b${camelCase(name)}\\b`, 'gu'), name);
    return host === 'local'
      ? result.replaceAll(`--${name}`, name).replaceAll(variableOf(name), name)
      : result;
  }, text);
}

async function runGitHub(
  world: World,
  inputs: Record<string, string>,
  options: RunOptions,
  folder: string,
): Promise<RunResult> {
  const file = (name: string, content = '') => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const event = options.event ?? { name: 'push', payload: {} };
  const declared = Object.entries(action.inputs as Record<string, { default?: string }>);
  const given = declared.map(([name, row]) => [
    `INPUT_${name.toUpperCase()}`,
    inputs[name] ?? (row.default ?? '').replace(/\$\{\{ github\.token \}\}/u, world.gitHubToken),
  ]);
  const run = await spawnNode(
    path.join(built, action.runs.main),
    [],
    folder,
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
      GITHUB_REPOSITORY: 'acme-inc/web-shop',
      GITHUB_REPOSITORY_ID: '987654321',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_API_URL: `${world.url}${world.github.path}`,
      GITHUB_RUN_ID: '1658821493',
      GITHUB_ACTOR: 'octocat',
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event.payload)),
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      RUNNER_TEMP: folder,
      ...Object.fromEntries(given),
      ...options.environment,
    },
    options,
  );
  const commands = run.lines.flatMap((line) => {
    const match = /^\s*::([\w-]+)(?: ([^:]*))?::(.*)$/u.exec(line);
    return match ? [{ name: match[1] ?? '', text: unescaped(match[3] ?? '') }] : [];
  });
  const named = (name: string) => commands.filter((command) => command.name === name).map(({ text }) => text);
  const outputFile = readFileSync(path.join(folder, 'output'), 'utf8');
  const summary = readFileSync(path.join(folder, 'summary'), 'utf8');
  const known = ['add-mask', 'error', 'warning', 'notice', 'debug'];
  return {
    ...run,
    succeeded: run.exitCode === 0,
    log: run.lines.filter((line) => !/^\s*::/u.test(line)).join('\n'),
    outputs: readOutputFile(outputFile),
    errors: named('error'),
    warnings: named('warning'),
    notices: named('notice'),
    summary,
    everything: [...run.lines.filter((line) => !line.startsWith('::add-mask::')), outputFile, summary].join(
      '\n',
    ),
    strayCommands: [
      ...commands.filter(({ name }) => !known.includes(name)).map(({ name }) => name),
      ...run.lines.filter((line) => line.includes('##[') && !/^::/u.test(line)),
    ],
  };
}

async function runAzure(
  world: World,
  inputs: Record<string, string>,
  options: RunOptions,
  folder: string,
): Promise<RunResult> {
  const given = (task.inputs as { name: string; defaultValue: string }[]).map(({ name, defaultValue }) => {
    const value = Object.entries(inputs).find(([kebab]) => camelCase(kebab) === name)?.[1] ?? defaultValue;
    return [`INPUT_${name.toUpperCase()}`, value] as const;
  });
  const project = encodeURIComponent(SHOP.project);
  const run = await spawnNode(
    path.join(built, task.execution.Node20_1.target),
    [],
    folder,
    {
      AGENT_TEMPDIRECTORY: folder,
      AGENT_WORKFOLDER: folder,
      AGENT_VERSION: '5.278.0',
      SYSTEM_COLLECTIONURI: `https://dev.azure.com/${ORGANIZATION}/`,
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `https://dev.azure.com/${ORGANIZATION}/`,
      SYSTEM_TEAMPROJECT: SHOP.project,
      SYSTEM_TEAMPROJECTID: SHOP.projectId,
      SYSTEM_SERVERTYPE: 'Hosted',
      BUILD_REASON: 'IndividualCI',
      BUILD_BUILDID: '4711',
      BUILD_REPOSITORY_PROVIDER: 'TfsGit',
      BUILD_REPOSITORY_ID: SHOP.id,
      BUILD_REPOSITORY_NAME: SHOP.name,
      BUILD_REPOSITORY_URI: `https://${ORGANIZATION}@dev.azure.com/${ORGANIZATION}/${project}/_git/${encodeURIComponent(SHOP.name)}`,
      ENDPOINT_URL_SYSTEMVSSCONNECTION: `https://dev.azure.com/${ORGANIZATION}/`,
      ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth',
      ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({
        scheme: 'OAuth',
        parameters: { AccessToken: world.jobToken },
      }),
      ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: world.jobToken,
      ...Object.fromEntries(given),
      ...options.environment,
    },
    options,
  );
  const commands = [...run.lines, ...run.stderr.split('\n')].flatMap((line) => {
    const match = /##vso\[([\w.]+) ?([^\]]*)\](.*)$/u.exec(line);
    return match
      ? [{ name: match[1] ?? '', properties: match[2] ?? '', text: unescaped(match[3] ?? '') }]
      : [];
  });
  const issues = (type: string) =>
    commands
      .filter(({ name, properties }) => name === 'task.logissue' && properties.includes(`type=${type};`))
      .map(({ text }) => text);
  const declared = (task.outputVariables as { name: string }[]).map(({ name }) => name);
  const variables = commands
    .filter(({ name }) => name === 'task.setvariable')
    .map(({ properties, text }) => ({ name: /variable=([^;]*);/u.exec(properties)?.[1] ?? '', text }));
  const summaries = commands
    .filter(({ name }) => name === 'task.uploadsummary')
    .map(({ text }) => readFileSync(text, 'utf8'));
  const names = new Map(Object.keys(action.outputs).map((name) => [camelCase(name), name]));
  const known = [
    'task.setsecret',
    'task.setvariable',
    'task.logissue',
    'task.complete',
    'task.uploadsummary',
  ];
  const complete = commands.filter(({ name }) => name === 'task.complete');
  return {
    ...run,
    succeeded: !complete.some(({ properties }) => properties.includes('result=Failed')),
    log: run.lines.filter((line) => !line.includes('##vso[')).join('\n'),
    outputs: Object.fromEntries(variables.map(({ name, text }) => [names.get(name) ?? name, text])),
    errors: issues('error'),
    warnings: issues('warning'),
    notices: run.lines.filter((line) => line.startsWith('Nothing to do')),
    summary: summaries.join('\n'),
    everything: [...run.lines.filter((line) => !line.startsWith('##vso[task.setsecret]')), ...summaries].join(
      '\n',
    ),
    strayCommands: [
      ...commands.filter(({ name }) => !known.includes(name)).map(({ name }) => name),
      ...variables.filter(({ name }) => !declared.includes(name)).map(({ name }) => `setvariable ${name}`),
    ],
  };
}

async function runLocal(
  _: World,
  inputs: Record<string, string>,
  options: RunOptions,
  folder: string,
): Promise<RunResult> {
  const secrets = ['catalog-token', 'azure-devops-pat', 'github-token'];
  mkdirSync(path.join(folder, '.git'));
  const remote = options.remote ?? 'https://gitea.example.com/a/b.git';
  writeFileSync(
    path.join(folder, '.git', 'config'),
    `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = ${remote}\n`,
  );
  writeFileSync(path.join(folder, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  mkdirSync(path.join(folder, '.git', 'objects'));
  mkdirSync(path.join(folder, '.git', 'refs'));
  const { command, ...flags } = inputs;
  const args = Object.entries(flags)
    .filter(([name, value]) => value !== '' && !secrets.includes(name))
    .map(([name, value]) => `--${name}=${value}`);
  const run = await spawnNode(
    path.join(built, 'dist/local/index.cjs'),
    options.only ?? [...(command ? [command] : []), ...args, ...(options.arguments ?? [])],
    folder,
    {
      CATALOG_TOKEN: inputs['catalog-token'],
      AZURE_DEVOPS_PAT: inputs['azure-devops-pat'],
      GITHUB_TOKEN: inputs['github-token'],
      ...options.environment,
    },
    options,
  );
  const outputs = run.lines.flatMap((line) => {
    const match = /^([a-z-]+)=(.*)$/u.exec(line);
    return match?.[1] && match[1] in action.outputs ? [[match[1], match[2] ?? '']] : [];
  });
  const starting = (prefix: string) =>
    run.lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  const error = run.lines.findIndex((line) => line.startsWith('error: '));
  const firstOutput = run.lines.findIndex(
    (line) => /^[a-z-]+=/u.test(line) && (line.split('=')[0] ?? '') in action.outputs,
  );
  return {
    ...run,
    succeeded: run.exitCode === 0,
    log: run.lines.join('\n'),
    outputs: Object.fromEntries(outputs),
    errors: error < 0 ? [] : [run.lines.slice(error, firstOutput).join('\n').slice('error: '.length)],
    warnings: starting('warning: '),
    notices: starting('notice: '),
    summary: '',
    everything: run.lines.join('\n'),
    strayCommands: [],
  };
}

async function spawnNode(
  script: string,
  args: string[],
  cwd: string,
  environment: Record<string, string | undefined>,
  { now, onStart }: RunOptions,
) {
  const clock = now === undefined ? [] : ['--require', path.join(__dirname, 'clock.cjs')];
  const child = spawn(node, [...clock, script, ...args], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: cwd,
      CI: 'true',
      ...(now === undefined ? {} : { TEST_NOW: String(now) }),
      ...(process.env.E2E_COVERAGE ? { NODE_V8_COVERAGE: process.env.E2E_COVERAGE } : {}),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  return { exitCode, stderr, lines: stdout.split(/\r?\n/u) };
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')
    .replaceAll('%AZP25', '%');
}

/** As actions/runner reads it: `name=value`, or `name<<delimiter`, lines, delimiter. Later values win. */
function readOutputFile(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const heredoc = /^([^=]+?)<<(.+)$/u.exec(line);
    if (heredoc?.[1] && heredoc[2]) {
      const end = lines.indexOf(heredoc[2], index + 1);
      outputs[heredoc[1]] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else if (line.includes('='))
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return outputs;
}
