import { styleText } from 'node:util';
import { isSecret, variableOf } from '../inputs/names.ts';
import { addressedHost, parseRepositoryUrl, withoutAlias } from '../repository-url.ts';
import { oneLine } from '../text.ts';
import type { Environment } from './environment.ts';
import { originOf, sshHostname } from './git.ts';
import type { Host, RunContext } from './host.ts';
import { proxyFromEnvironment } from './proxy.ts';

/** Where a local run writes, and whether people watch it there. */
export interface Terminal {
  write(text: string): void;
  colors: boolean;
  /** Whether to write outputs after the log, as `name=value` lines: for programs, where nobody watches. */
  outputs: boolean;
}

/**
 * A laptop, or any CI that is neither GitHub's nor Azure's.
 *
 * @param inputs by their kebab-case names
 * @param onFailure called when the run failed
 */
export function localHost(
  inputs: Readonly<Record<string, string | undefined>>,
  environment: Environment,
  terminal: Terminal,
  onFailure: () => void,
): Host & { flush(): void } {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    terminal.colors ? styleText(format, text, { validateStream: false }) : text;
  const outputs: string[] = [];
  const line = (text: string) => terminal.write(`${text}\n`);
  return {
    name: 'local',
    network: { proxyFor: proxyFromEnvironment(environment) },
    context: () => localContext(environment),
    input: (name) => inputs[name]?.trim() ?? '',
    inputName: (name) => (isSecret(name) ? variableOf(name) : `--${name}`),
    secret() {},
    output(name, value) {
      outputs.push(`${name}=${oneLine(value)}`);
    },
    info: line,
    notice: (message) => line(style('cyan', `notice: ${message}`)),
    warning: (message) => line(style('yellow', `warning: ${message}`)),
    error: (message) => line(style('red', `error: ${message}`)),
    fail(message) {
      line(style('red', `error: ${message}`));
      onFailure();
    },
    summary() {},
    flush() {
      if (terminal.outputs) for (const output of outputs) line(output);
    },
  };
}

function localContext(environment: Environment): RunContext {
  const origin = originOf(environment);
  if ('problem' in origin) return { noRepository: origin.problem };
  // Who has several keys gives a host other names.
  const cloneUrl = withoutAlias(origin.url, (alias) => sshHostname(alias, environment));
  const repository = parseRepositoryUrl(cloneUrl);
  if (repository) return { repository };
  const host = addressedHost(cloneUrl)?.name;
  return {
    noRepository: `is unknown: its remote "origin" is not on a host that a catalog integration reads${host ? ` (${oneLine(host, 120)})` : ''}`,
    cloneUrl,
  };
}
