import { INPUTS } from './table.ts';

/** `service-name` as `serviceName`: the same words on Azure Pipelines. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

/** `catalog-token` as `CATALOG_TOKEN`: where a secret is, on a laptop. */
export function variableOf(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

export function isSecret(name: string): boolean {
  return INPUTS.some((input) => input.name === name && input.type === 'secret');
}
