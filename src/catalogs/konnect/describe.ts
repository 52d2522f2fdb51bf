import type { Repository } from '../../repository.ts';
import { fullName } from '../../repository.ts';
import type { ResourceByConfig } from './mapping.ts';
import type { Integration, IntegrationInstance } from './schemas.ts';

/**
 * The repository as Konnect would describe it, by what the integration's manifest says of its resource types; or why
 * that cannot be said with certainty: no type, or several, have only keys that are known of this repository.
 */
export function describeByManifest(
  manifest: Integration | undefined,
  instance: IntegrationInstance,
  repository: Repository,
): ResourceByConfig | string {
  const types = Object.entries(manifest?.resource_types ?? {});
  const filled = types.flatMap(([type, { schema }]) => {
    const config = fill(schema.definition, repository);
    return config ? [{ integration_instance: instance.id, type, config }] : [];
  });
  if (filled.length === 1 && filled[0]) return filled[0];
  if (filled.length > 1)
    return `several resource types may describe it (${filled.map(({ type }) => type).join(', ')})`;
  const needs = types.map(([type, { schema }]) => `${type}: ${Object.keys(schema.definition).join(', ')}`);
  return `not everything that Konnect describes it by is known (${needs.join('; ') || 'no resource types'})`;
}

/** What each key means, by the words in it; a key that could mean two things is not here. */
const MEANINGS: [RegExp, (repository: Repository) => string | undefined][] = [
  [/^(?:repo|repository)_?(?:id|guid)$/u, ({ id }) => id],
  [/^project_?(?:id|guid)$/u, ({ projectId }) => projectId],
  [/^(?:organization|org|account)(?:_?name)?$/u, ({ organization }) => organization],
  [
    /^owner(?:_?name)?$/u,
    ({ provider, organization }) => (provider === 'azure-devops' ? undefined : organization),
  ],
  [/^project(?:_?name)?$/u, ({ project }) => project],
  [/^(?:repo|repository)(?:_?name)?$/u, ({ name }) => name],
  [
    /^(?:repo|repository)?_?full_?name$/u,
    (repository) => (repository.provider === 'azure-devops' ? undefined : fullName(repository)),
  ],
];

function fill(
  definition: Record<string, string>,
  repository: Repository,
): ResourceByConfig['config'] | undefined {
  const config: ResourceByConfig['config'] = {};
  let saysRepository = false;
  for (const [key, type] of Object.entries(definition)) {
    const word = key.replace(/([a-z])([A-Z])/gu, '$1_$2').toLowerCase();
    const value = MEANINGS.find(([pattern]) => pattern.test(word))?.[1](repository);
    if (value === undefined) return undefined;
    if (type === 'string') config[key] = value;
    else if (type === 'number' && /^\d+$/u.test(value)) config[key] = Number(value);
    else return undefined;
    saysRepository ||= /repo|full_?name/u.test(word);
  }
  return saysRepository ? config : undefined;
}
