import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rootCertificates } from 'node:tls';
import * as task from 'azure-pipelines-task-lib/task';
import { camelCase } from '../inputs/names.ts';
import { azurePipelinesContext } from './azure-context.ts';
import type { Host } from './host.ts';
import { isLoopback, proxyFromEnvironment } from './proxy.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Azure Pipelines.
 *
 * @param environment as the agent made it, before azure-pipelines-task-lib took the inputs out of it. Inputs are
 * read from here because the library prints each value that it reads to the log, secrets too.
 */
export function azureHost(environment: Environment): Host {
  return {
    name: 'azure',
    network: { proxyFor: proxy(environment), ca: certificates(environment) },
    context: () => azurePipelinesContext(environment),
    input(name) {
      const value = environment[`INPUT_${camelCase(name).toUpperCase()}`]?.trim() ?? '';
      // The agent passes a variable that does not exist on as it was written.
      return /^\$\([^()]+\)$/u.test(value) ? '' : value;
    },
    secret(value) {
      // The library refuses a secret with line breaks: it would not be masked.
      for (const line of value.split(/[\r\n]+/u)) if (line) task.setSecret(line);
    },
    output: (name, value) => task.setVariable(camelCase(name), value, false, true),
    info: console.log,
    notice: console.log,
    warning: (message) => task.warning(message, task.IssueSource.TaskInternal),
    fail: (message) => task.setResult(task.TaskResult.Failed, message),
    summary(text) {
      const directory = environment.AGENT_TEMPDIRECTORY;
      if (!directory) return;
      const file = path.join(directory, `catalog-connect-${randomUUID()}.md`);
      writeFileSync(file, text);
      task.uploadSummary(file);
    },
  };
}

/** What the environment names, else what the agent was configured with. */
function proxy(environment: Environment): (url: URL) => string | undefined {
  const fromEnvironment = proxyFromEnvironment(environment);
  const fromAgent = agentProxy(environment);
  return (url) => fromEnvironment(url) ?? fromAgent(url);
}

function agentProxy(environment: Environment): (url: URL) => string | undefined {
  if (!environment.AGENT_PROXYURL) return () => undefined;
  const address = new URL(environment.AGENT_PROXYURL);
  address.username = encodeURIComponent(environment.AGENT_PROXYUSERNAME ?? '');
  address.password = encodeURIComponent(environment.SECRET_AGENT_PROXYPASSWORD ?? '');
  const bypass: RegExp[] = JSON.parse(environment.AGENT_PROXYBYPASSLIST || '[]').map(
    (pattern: string) => new RegExp(pattern, 'iu'),
  );
  const direct = (url: URL) => isLoopback(url.hostname) || bypass.some((pattern) => pattern.test(url.href));
  return (url) => (direct(url) ? undefined : address.href);
}

/** Node's `ca` option replaces both its own list and NODE_EXTRA_CA_CERTS, so these come along. */
function certificates(environment: Environment): string[] | undefined {
  if (!environment.AGENT_CAINFO) return undefined;
  const files = [environment.AGENT_CAINFO, environment.NODE_EXTRA_CA_CERTS].filter(
    (file) => file !== undefined,
  );
  return [...rootCertificates, ...files.map((file) => readFileSync(file, 'utf8'))];
}
