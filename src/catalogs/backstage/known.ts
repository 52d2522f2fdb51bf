import { NoAnswer } from '../../http/no-answer.ts';
import { type BackstageClient, locationRef } from './client.ts';
import type { Connection } from './connection.ts';
import { comesFrom, componentRef, isLocation, originOf } from './entity.ts';
import { BackstageError } from './errors.ts';
import { annotationsOf } from './generate.ts';
import { type Reading, read, type Unread, unread } from './reading.ts';
import { sameFile } from './same-file.ts';
import type { Entity } from './schemas.ts';

/** What the catalog has made of our file, found without having it read. */

/**
 * Looks for our component by its name and by the annotation of its host, because the index knows a file by the exact
 * text of its URL alone, and none that is long.
 */
export async function findByName({
  client,
  inputs,
  repository,
  target,
}: Pick<Connection, 'client' | 'inputs' | 'repository' | 'target'>): Promise<Entity[]> {
  const named = await client.entity(componentRef(inputs, repository));
  if (named && comesFrom(named, target)) return [named];
  const [annotation, value] = Object.entries(annotationsOf(repository))[0] ?? [];
  if (!annotation || !value) return [];
  return (await client.componentsWith(annotation, value)).filter((one) => comesFrom(one, target));
}

/**
 * What went wrong when the catalog last read our file: it leaves what it made of the file before as it was, and every
 * token may read the error on the location (measured on catalog-backend 1.32 and 4.0).
 *
 * @param known what it has made of the file
 * @returns undefined where there is no error, or where the location cannot be seen
 */
export async function lastError(
  { client, target }: Pick<Connection, 'client' | 'target'>,
  known: Entity[],
): Promise<Unread | undefined> {
  const made = known.find((one) => !isLocation(one));
  const origin = (made ? originOf(made) : '').replace(/^url:/u, '') || target;
  const listed = !sameFile(target, origin);
  const locations = listed ? await client.entitiesFrom(origin) : known;
  const seen = locations.filter(isLocation);
  if (seen.length === 0) seen.push(...(await readLocation()));
  const errors = seen.flatMap(({ status }) => status?.items ?? []).filter(({ level }) => level === 'error');
  const readings = errors.map(({ message = '' }) => unread(message, target, 'it has an error'));
  const refused = readings.find(({ kind }) => kind === 'denied');
  // The location of another file may have errors that are none of ours.
  return refused ?? (listed ? readings.find(({ kind }) => kind === 'missing') : readings[0]);

  async function readLocation(): Promise<Entity[]> {
    try {
      const found = await client.entity(locationRef(origin));
      return found ? [found] : [];
    } catch (error) {
      // It is a help, not a must.
      if (error instanceof BackstageError || error instanceof NoAnswer) return [];
      throw error;
    }
  }
}

/** Whether the catalog can read our file: it is asked to; where this token may not ask, its last error tells. */
export async function observe(client: BackstageClient, target: string): Promise<Reading> {
  const reading = await read(client, target);
  if (reading.kind !== 'untried') return reading;
  return (await lastError({ client, target }, await client.entitiesFrom(target))) ?? reading;
}
