import { parseArgs } from 'node:util';
import { messageOf } from '../errors.ts';
import type { Environment } from '../hosts/environment.ts';
import { isSecret, variableOf } from '../inputs/names.ts';
import { COMMANDS, INPUTS } from '../inputs/table.ts';
import { STYLES } from '../sandbox/descriptions.ts';
import { oneLine } from '../text.ts';
import { version } from '../version.ts';

/** What a command line asks for. */
export type CommandLine =
  | { kind: 'text'; text: string; failed: boolean }
  | { kind: 'run'; inputs: Record<string, string | undefined> }
  | { kind: 'sandbox'; options: SandboxFlags }
  | { kind: 'demo'; catalog: 'konnect' | 'backstage' };

export interface SandboxFlags {
  port: number;
  style: (typeof STYLES)[number];
  /** Milliseconds. */
  discoveryDelay: number;
}

const SECRETS = INPUTS.filter(({ name }) => isSecret(name)).map(({ name }) => name);

const USAGE = `catalog-connect ${version}: connects a repository to its software catalog

  catalog-connect [${COMMANDS.join('|')}] [--name value …]
                                                     the inputs of the README by their names; secrets come from
                                                     the environment: ${SECRETS.map(variableOf).join(', ')}
  catalog-connect sandbox [--port 4010] [--style ${STYLES.join('|')}] [--discovery-delay 2]
                                                     serves a catalog in memory, to play with
  catalog-connect demo [--catalog backstage]         shows it all on such a catalog, or on a real Backstage that is
                                                     installed by npm run test:backstage
  catalog-connect --help | --version

inputs: ${INPUTS.filter(({ name }) => !isSecret(name))
  .map(({ name }) => `--${name}`)
  .join(' ')}`;

/** Never throws: what cannot be read is answered with a text that says so. */
export function parseCommandLine(args: string[], environment: Environment): CommandLine {
  const [command = '', ...rest] = args[0]?.startsWith('-') || args.length === 0 ? ['', ...args] : args;
  if (args.includes('--help') || args.includes('-h')) return { kind: 'text', text: USAGE, failed: false };
  if (args.includes('--version')) return { kind: 'text', text: version, failed: false };
  const secret = SECRETS.find((name) =>
    args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`)),
  );
  if (secret)
    return refused(
      `--${secret} would show the secret to everybody who can list processes. Set the variable ${variableOf(secret)} instead.`,
    );
  try {
    if (command === 'sandbox') return sandbox(rest);
    if (command === 'demo') return demo(rest);
    if (command === '' || COMMANDS.some((one) => one === command)) return run(command, rest, environment);
    return refused(`There is no command "${oneLine(command, 40)}".`);
  } catch (error) {
    return refused(oneLine(messageOf(error), 200));
  }
}

function refused(why: string): CommandLine {
  return { kind: 'text', text: `${why}\n\n${USAGE}`, failed: true };
}

function run(command: string, args: string[], environment: Environment): CommandLine {
  const options = Object.fromEntries(INPUTS.map(({ name }) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options, allowPositionals: false });
  if (command && values.command)
    return refused(`There are two commands: ${command} and --command ${oneLine(values.command, 40)}.`);
  const secrets = Object.fromEntries(SECRETS.map((name) => [name, environment[variableOf(name)]]));
  return { kind: 'run', inputs: { ...values, ...(command ? { command } : {}), ...secrets } };
}

function demo(args: string[]): CommandLine {
  const { values } = parseArgs({ args, options: { catalog: { type: 'string' } }, allowPositionals: false });
  const { catalog = 'konnect' } = values;
  return catalog === 'konnect' || catalog === 'backstage'
    ? { kind: 'demo', catalog }
    : refused('--catalog of the demo can be konnect or backstage.');
}

function sandbox(args: string[]): CommandLine {
  const options = {
    port: { type: 'string' },
    style: { type: 'string' },
    'discovery-delay': { type: 'string' },
  } as const;
  const { values } = parseArgs({ args, options, allowPositionals: false });
  const style = STYLES.find((one) => one === (values.style ?? 'names'));
  const port = Number(values.port ?? 4010);
  const delay = Number(values['discovery-delay'] ?? 2);
  if (!style) return refused(`--style can be ${STYLES.join(', ')}.`);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    return refused('--port is a number from 0 to 65535.');
  if (!(delay >= 0)) return refused('--discovery-delay is a number of seconds.');
  return { kind: 'sandbox', options: { port, style, discoveryDelay: delay * 1000 } };
}
