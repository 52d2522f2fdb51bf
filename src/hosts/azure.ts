import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TaskCommand } from 'azure-pipelines-task-lib/taskcommand';
import { camelCase } from '../inputs/names.ts';
import { azurePipelinesContext } from './azure-context.ts';
import type { Environment } from './environment.ts';
import { cannotWrite, type Host } from './host.ts';
import { proxyFromAgent } from './proxy.ts';

/**
 * Azure Pipelines. Of azure-pipelines-task-lib only the commands to the agent are used: the rest of it takes longer to
 * load than a run may take to start, prints each input to the log (secrets too), and hides inputs from `process.env`.
 */
export function azureHost(environment: Environment): Host {
  return {
    name: 'azure',
    network: { proxyFor: proxyFromAgent(environment), certificateFiles: certificateFiles(environment) },
    context: () => azurePipelinesContext(environment),
    input(name) {
      // The agent's contract: INPUT_ and the name in upper case.
      const value = environment[`INPUT_${camelCase(name).toUpperCase()}`]?.trim() ?? '';
      // A variable that does not exist arrives as it was written.
      return /^\$\([^()]+\)$/u.test(value) ? '' : value;
    },
    inputName: camelCase,
    secret(value) {
      // The agent masks line by line.
      for (const line of value.split(/[\r\n]+/u)) if (line) command('task.setsecret', {}, line);
    },
    output: (name, value) =>
      command('task.setvariable', { variable: camelCase(name), isOutput: 'true' }, value),
    info: console.log,
    notice: console.log,
    warning: (message) => command('task.logissue', { type: 'warning' }, message),
    error: (message) => command('task.logissue', { type: 'error' }, message),
    fail(message) {
      command('task.logissue', { type: 'error' }, message);
      // Not by the exit code: the agent takes that for a fault of the machine (NodeHandler.cs).
      command('task.complete', { result: 'Failed' }, message);
    },
    summary(text) {
      const directory = environment.AGENT_TEMPDIRECTORY;
      if (!directory) return;
      let file: string;
      try {
        file = path.join(mkdtempSync(path.join(directory, 'catalog-connect-')), 'summary.md');
        writeFileSync(file, text);
      } catch (error) {
        throw cannotWrite('The job summary', `the folder of Agent.TempDirectory (${directory})`, error);
      }
      command('task.uploadsummary', {}, file);
    },
  };
}

function command(name: string, properties: Record<string, string>, message: string): void {
  console.log(new TaskCommand(name, properties, message).toString());
}

/**
 * Milliseconds that a cancelled run has to bring a replacement to its end, where the pipeline or the agent says how long
 * the agent waits after SIGINT (PROCESS_SIGINT_TIMEOUT, in milliseconds: AgentKnobs.cs).
 */
export function graceOf({ PROCESS_SIGINT_TIMEOUT: wait }: Environment): number | undefined {
  return wait && /^\d+$/u.test(wait) ? Math.max(0, Number(wait) - TO_SAY_IT) : undefined;
}

/** Milliseconds to look once more and to say how it ended. */
const TO_SAY_IT = 1_500;

function certificateFiles({ AGENT_CAINFO: agent, NODE_EXTRA_CA_CERTS: extra }: Environment): string[] {
  return agent ? [agent, extra].filter((file) => file !== undefined) : [];
}
