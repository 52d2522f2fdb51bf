/** `service-name` as `serviceName`: the same words on Azure Pipelines. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
