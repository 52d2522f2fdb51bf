import { OUTPUTS } from '../../src/inputs/table.ts';
import { secretsIn } from '../scenarios/support/secrets.ts';
import { ORGANIZATION, type World } from '../scenarios/support/world.ts';
import type { CoreRun } from './run.ts';
import type { Story } from './stories.ts';

/** What must hold of every run, troubled or not. */
export function checkRun(world: World, run: CoreRun, credentialsBefore: number): string[] {
  const problems: string[] = [];
  const { state } = world;
  const missing = OUTPUTS.filter(({ name }) => !(name in run.outputs));
  if (missing.length > 0) problems.push(`outputs are missing: ${missing.map(({ name }) => name)}`);
  const ids: [string, { id: string }[]][] = [
    ['integration-id', state.instances],
    ['credential-id', state.credentials],
    ['service-id', state.services],
    ['resource-id', state.resources],
    ['mapping-id', state.mappings],
  ];
  for (const [name, records] of ids) {
    const id = run.outputs[name];
    if (id && !records.some((record) => record.id === id)) problems.push(`${name} is not one that exists`);
    if (run.succeeded && !id) problems.push(`${name} is empty after a success`);
  }
  const leaked = secretsIn(`${run.said}${JSON.stringify(run.outputs)}`, world);
  if (leaked.length > 0) problems.push(`secrets are shown: ${leaked}`);
  if (/^\s+at .+:\d+/mu.test(run.said)) problems.push(`a stack trace is shown: ${run.said}`);
  if (run.said.includes('This is a bug')) problems.push(`an error is not explained: ${run.said}`);
  const gone = state.credentials.length < credentialsBefore;
  if (gone && !run.said.includes('was removed, but the new one could not be stored'))
    problems.push('the credential is gone without a word');
  if (gone && (run.outputs['credential-status'] !== 'missing' || run.outputs.changed !== 'true'))
    problems.push('the outputs hide that the credential is gone');
  return problems;
}

/** What must be there in the end, whatever happened. */
export function checkEnd(world: World, story: Story, clean: CoreRun): string[] {
  const { instances, credentials, services, mappings } = world.state;
  const counts = [instances, credentials, services, mappings].map(({ length }) => length).join();
  if (counts !== '1,1,1,1') return [`there are ${counts} instances, credentials, services and mappings`];
  const problems: string[] = [];
  const [instance] = instances;
  const [service] = services;
  if (credentials[0]?.key !== story.inputs(world)['azure-devops-pat'])
    problems.push('the credential is not made from the PAT that was given');
  if (instance?.config.organization !== ORGANIZATION) problems.push('the integration points elsewhere');
  if (story.name !== 'a first run') {
    if (instance?.labels.team !== 'platform') problems.push('a label of the integration is lost');
    if (service?.labels.reviewed !== 'yes') problems.push('a label of the service is lost');
    if (service?.custom_fields.cost_center !== '4711') problems.push('a custom field is lost');
  }
  if (clean.outputs['mapping-id'] !== mappings[0]?.id)
    problems.push('the mapping that was told is not the one that is there');
  return problems;
}
