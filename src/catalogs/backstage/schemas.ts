/**
 * What we read of the catalog's answers, and no more. Source: Backstage's catalog-client, CatalogApi.ts and the
 * package @backstage/catalog-model; measured on catalog-backend 1.32 and 4.0.
 */
import {
  array,
  boolean,
  type InferOutput,
  looseObject,
  nullish,
  object,
  optional,
  record,
  string,
  unknown,
} from 'valibot';

export const Entity = looseObject({
  kind: string(),
  metadata: looseObject({
    name: string(),
    namespace: optional(string(), 'default'),
    uid: optional(string()),
    annotations: optional(record(string(), string()), {}),
  }),
  spec: optional(unknown()),
  status: nullish(
    looseObject({
      items: optional(array(looseObject({ level: optional(string()), message: optional(string()) })), []),
    }),
  ),
});
export type Entity = InferOutput<typeof Entity>;

export const Location = object({ id: string(), type: string(), target: string() });
export type Location = InferOutput<typeof Location>;

export const Locations = array(object({ data: Location }));
export const Entities = object({
  items: array(Entity),
  pageInfo: optional(object({ nextCursor: optional(string()) })),
});
/** The answer to a `POST /locations?dryRun=true`. */
export const Preview = object({ exists: optional(boolean()), entities: array(Entity) });
export const Registered = object({ location: Location });

/** The one shape of errors, of which Roadie's gateway has another. */
export const Problem = looseObject({
  error: optional(looseObject({ name: optional(string()), message: optional(string()) })),
  message: optional(string()),
});
