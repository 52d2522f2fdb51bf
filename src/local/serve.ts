import path from 'node:path';
import { dayOf, daysAfter } from '../dates.ts';
import type { Terminal } from '../hosts/local.ts';
import { fullName } from '../repository.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { SandboxFlags } from './command-line.ts';
import { furnish, SAMPLE } from './samples.ts';

/** `catalog-connect sandbox`: serves until it is stopped, and says how to use it. */
export async function serveSandbox(
  options: SandboxFlags,
  terminal: Terminal,
  onFailure: () => void,
): Promise<void> {
  const sandbox = await startSandbox(options).catch((error) => {
    terminal.write(
      `The port ${options.port} cannot be used: ${error.message}. Choose another with --port.\n`,
    );
    onFailure();
  });
  if (!sandbox) return;
  const { token, pat } = furnish(sandbox, SAMPLE);
  const program = `node ${path.relative(process.cwd(), __filename)}`;
  terminal.write(`A catalog in memory at ${sandbox.url}/v1 (repositories described by ${options.style}). Try it:

  export CATALOG_TOKEN=${token} AZURE_DEVOPS_PAT=${pat}
  ${program} register --catalog-url ${sandbox.url} --azure-devops-url ${sandbox.azureDevOpsUrl} \\
    --integration azure-devops --repository ${fullName(SAMPLE)} \\
    --pat-expires-on ${daysAfter(dayOf(Date.now()), 20)}
  ${program} remind --catalog-url ${sandbox.url} --azure-devops-url ${sandbox.azureDevOpsUrl} \\
    --azure-devops-organization ${SAMPLE.organization}

Both secrets mean something to this sandbox alone. Stop it with Ctrl+C.
`);
}
