import type { Environment } from '../hosts/environment.ts';
import { localHost, type Terminal } from '../hosts/local.ts';
import { fullName, sameHost } from '../repository.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { runLocally } from './run.ts';
import { furnish, SAMPLE } from './samples.ts';

/** `catalog-connect demo`: shows the step at work on a catalog that is there for the moment. */
export async function demo(
  catalog: 'konnect' | 'backstage',
  environment: Environment,
  terminal: Terminal,
  onFailure: () => void,
): Promise<void> {
  if (catalog === 'konnect') return konnectDemo(environment, terminal, onFailure);
  const { backstageDemo } = await import('./backstage-demo.ts');
  return backstageDemo(environment, terminal, onFailure);
}

/** Registers a repository in a catalog in memory, twice, and repairs a drift. */
async function konnectDemo(
  environment: Environment,
  terminal: Terminal,
  onFailure: () => void,
): Promise<void> {
  const host = localHost({}, environment, terminal, onFailure);
  const current = host.context().repository;
  // Konnect reads GitHub and GitLab only there; the sandbox itself stands in for Azure DevOps.
  const isRead =
    current?.provider === 'azure-devops' || sameHost(current?.host ?? '', `${current?.provider}.com`);
  const own = isRead ? current : undefined;
  const repository = own ?? SAMPLE;
  const sandbox = await startSandbox({ style: 'names', discoveryDelay: 1_500 });
  const { token, pat } = furnish(sandbox, repository);
  const inputs = {
    'catalog-token': token,
    'catalog-url': sandbox.url,
    'azure-devops-url': sandbox.azureDevOpsUrl,
    ...(repository.provider === 'azure-devops' ? { 'azure-devops-pat': pat } : {}),
    integration: repository.provider,
    repository: fullName(repository),
    'service-description': 'Registered by its own pipeline',
    'service-labels': 'tier=gold',
  };
  const run = (command: string) => runLocally({ ...inputs, command }, environment, terminal, onFailure);
  const say = (text: string) => terminal.write(`\n${terminal.colors ? `\u001b[1m${text}\u001b[0m` : text}\n`);

  say(
    `A catalog in memory is at ${sandbox.url}. ${own ? 'This repository' : 'A sample repository'} is registered in it:`,
  );
  await run('register');
  say('Again: everything is as declared, so nothing is written.');
  await run('register');
  const [service] = sandbox.state.services;
  if (service)
    Object.assign(service, {
      description: 'Edited by hand',
      labels: { ...service.labels, team: 'payments' },
    });
  say(
    'Somebody edits the description by hand, and adds a label. A plan says what would be repaired; the label would stay:',
  );
  await run('plan');
  say('That is all. Use it in a pipeline: see "Quick start" in README.md.');
  await sandbox.close();
}
