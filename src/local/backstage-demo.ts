import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Environment } from '../hosts/environment.ts';
import type { Terminal } from '../hosts/local.ts';
import { fullName } from '../repository.ts';
import { startAzureDevOps } from '../sandbox/azure-server.ts';
import { startBackstage } from '../sandbox/backstage.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { runLocally } from './run.ts';
import { furnish, SAMPLE } from './samples.ts';

/** Where `npm run test:backstage` installs it, from where the bundle is. */
const FOLDER = path.join(__dirname, '../../test/backstage/servers/current');

const COMPONENT = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${SAMPLE.name}
spec:
  type: service
  lifecycle: production
  owner: shop-team
`;

/** Registers a repository in a real Backstage, again, and after a change of its catalog file. */
export async function backstageDemo(
  environment: Environment,
  terminal: Terminal,
  onFailure: () => void,
): Promise<void> {
  const say = (text: string) => terminal.write(`\n${terminal.colors ? `\u001b[1m${text}\u001b[0m` : text}\n`);
  if (!existsSync(path.join(FOLDER, 'node_modules/.installed'))) {
    say('There is no Backstage here yet. Install one with: npm ci && npm run test:backstage');
    return onFailure();
  }
  const sandbox = await startSandbox();
  const { pat } = furnish(sandbox, SAMPLE);
  const azure = await startAzureDevOps(sandbox.state);
  const token = `backstage-${randomBytes(12).toString('hex')}`;
  say('A real Backstage is started …');
  const server = await startBackstage({ folder: FOLDER, token, pat, azureHost: new URL(azure.url).host });
  const run = (inputs: Record<string, string>) =>
    runLocally(
      {
        catalog: 'backstage',
        'catalog-url': server.url,
        'catalog-token': token,
        'azure-devops-url': azure.url,
        repository: fullName(SAMPLE),
        integration: 'azure-devops',
        ...inputs,
      },
      environment,
      terminal,
      onFailure,
    );
  const repository = sandbox.state.repositories['azure-devops'].find(
    ({ project }) => project === SAMPLE.project,
  );
  const commit = (text: string) => Object.assign(repository ?? {}, { files: { '/catalog-info.yaml': text } });
  try {
    commit(COMPONENT);
    say(`It is at ${server.url}. A sample repository with a catalog-info.yaml is registered in it:`);
    await run({});
    say('Again: nothing is to do.');
    await run({});
    commit(COMPONENT.replace('shop-team', 'payments-team'));
    say('The owner in catalog-info.yaml is changed. A plan says what would be done, and a run does it:');
    await run({ command: 'plan' });
    await run({});
    say('That is all. Use it in a pipeline: see docs/backstage.md.');
  } finally {
    await server.stop();
    azure.close();
    await sandbox.close();
  }
}
