import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../errors.ts';
import type { Inputs } from '../../inputs/parse.ts';
import type { Repository } from '../../repository.ts';
import { bullets, oneLine } from '../../text.ts';
import { machineName } from '../machine-name.ts';
import { sameFile } from './same-file.ts';
import type { Entity } from './schemas.ts';

/** `component:default/shop`: kind and name in lower case, as the catalog compares them. */
export function refOf({ kind, metadata }: Entity): string {
  return `${kind}:${metadata.namespace}/${metadata.name}`.toLowerCase();
}

/** Where an entity comes from, e.g. `url:https://…`; '' when it does not say. */
export function originOf({ metadata }: Entity): string {
  return metadata.annotations['backstage.io/managed-by-origin-location'] ?? '';
}

/** Whether an entity is read from this file, be it registered, discovered, or listed by another file. */
export function comesFrom(entity: Entity, target: string): boolean {
  const { annotations } = entity.metadata;
  return [originOf(entity), annotations['backstage.io/managed-by-location'] ?? ''].some(
    (ref) => ref.startsWith('url:') && sameFile(target, ref.slice('url:'.length)),
  );
}

export function isLocation({ kind }: Entity): boolean {
  return kind.toLowerCase() === 'location';
}

/** Whether the catalog keeps an entity of which it does not know any more where it comes from. */
export function isOrphan({ metadata }: Entity): boolean {
  return metadata.annotations['backstage.io/orphan'] === 'true';
}

/** What is wrong with an entity, in the catalog's words; undefined when nothing is. */
export function errorOf({ status }: Entity): string | undefined {
  const item = status?.items.find(({ level }) => level === 'error');
  return item && oneLine(item.message ?? 'it has an error', 300);
}

/** The name of the component of a repository, where nobody chose another (`metadata.name`, at most 63). */
export function componentName({ name }: Repository): string {
  return machineName(name, 63);
}

/** `name`, `namespace/name` or `component:namespace/name`, taken apart. */
export function nameOf(ref: string): { name: string; namespace: string | undefined } {
  const [name = '', namespace] = ref
    .replace(/^component:/iu, '')
    .split('/')
    .reverse();
  return { name, namespace };
}

/** What the component of a repository is called, where its file cannot tell. */
export function componentRef({ serviceName }: Pick<Inputs, 'serviceName'>, repository: Repository): string {
  const { name, namespace = 'default' } = nameOf(serviceName ?? componentName(repository));
  return `component:${namespace}/${name}`.toLowerCase();
}

/**
 * The component that is the service, of those that a file holds: the one that the user chose, else the only one, else the
 * one of the repository's name.
 *
 * @throws {Failure} when none is, or several may be
 */
export function chooseComponent(
  entities: Entity[],
  { serviceName: wanted }: Pick<Inputs, 'serviceName'>,
  repository: Repository,
): Entity {
  const components = entities.filter(({ kind }) => kind.toLowerCase() === 'component');
  const named = (name: string) => {
    const fitting = components.filter((one) =>
      [
        refOf(one),
        refOf(one).split(':')[1],
        `component:${one.metadata.name}`.toLowerCase(),
        one.metadata.name.toLowerCase(),
      ].includes(name.toLowerCase()),
    );
    return fitting.length === 1 ? fitting[0] : undefined;
  };
  const chosen =
    wanted === undefined
      ? components.length === 1
        ? components[0]
        : named(componentName(repository))
      : named(wanted);
  if (chosen) return chosen;
  if (components.length === 0)
    throw new Failure(
      'The catalog file holds no Component, so there is no service.',
      'Add an entity of the kind Component to it.',
    );
  throw new Failure(
    `${wanted === undefined ? 'The catalog file holds several components' : `Not exactly one component of the catalog file is "${oneLine(wanted, 120)}"; it holds`}:\n${bullets(components.map(refOf))}`,
    'Set service-name to the one that is the service, as it is listed.',
  );
}

/** Of an entity, what its file says: the rest is the catalog's. */
function declared({ metadata, spec }: Entity): Map<string, unknown> {
  const { title, description, labels, tags, links, annotations } = metadata;
  const own = Object.entries(annotations).filter(([name]) => !name.startsWith('backstage.io/'));
  return new Map<string, unknown>([
    ['title', title],
    ['description', description],
    ['labels', labels ?? {}],
    ['tags', tags ?? []],
    ['links', links ?? []],
    ...own.map(([name, value]): [string, unknown] => [`annotation ${name}`, value]),
    ...Object.entries((spec ?? {}) as Record<string, unknown>).map(([name, value]): [string, unknown] => [
      `spec.${name}`,
      value,
    ]),
  ]);
}

/** What the catalog does not show yet as the file has it, in words. */
export function differences(file: Entity, stored: Entity): string[] {
  const [wanted, now] = [declared(file), declared(stored)];
  const names = new Set([...wanted.keys(), ...now.keys()]);
  return [...names].filter((name) => !isDeepStrictEqual(now.get(name), wanted.get(name)));
}
