/**
 * What we read of Konnect's answers, and no more: a field that we do not use cannot break us.
 * Source: Kong's OpenAPI document "Service Catalog" 1.3.0, components/schemas, named alike.
 */
import {
  array,
  boolean,
  type InferOutput,
  looseObject,
  nullable,
  nullish,
  number,
  object,
  optional,
  pipe,
  record,
  regex,
  string,
  unknown,
} from 'valibot';

const labels = record(string(), string());
const config = record(string(), unknown());
/** IDs become parts of paths: what is none cannot lead elsewhere. */
const id = pipe(string(), regex(/^[\w-]+$/u));
const reference = object({ id, name: string() });

export const IntegrationInstance = object({
  id,
  name: string(),
  display_name: string(),
  integration: object({ name: string() }),
  authorized: boolean(),
  labels: nullish(labels, {}),
  config,
});
export type IntegrationInstance = InferOutput<typeof IntegrationInstance>;

export const AuthCredential = object({
  id,
  tainted: boolean(),
  missing_permissions: array(object({ scopes: array(nullable(string())), message: string() })),
  expires_at: nullable(string()),
  created_at: nullish(string()),
});
export type AuthCredential = InferOutput<typeof AuthCredential>;

/** One of the integrations that the platform offers (`CatalogIntegration`). */
export const Integration = object({
  name: string(),
  authorization: nullish(
    looseObject({
      type: optional(string()),
      config: optional(
        object({
          headers: optional(array(object({ name: string() }))),
          app_install_url: optional(object({ url: string() })),
        }),
      ),
    }),
  ),
  config_schema: nullish(config, {}),
  resource_types: record(string(), object({ schema: object({ definition: record(string(), string()) }) })),
});
export type Integration = InferOutput<typeof Integration>;

export const CatalogService = object({
  id,
  name: string(),
  display_name: string(),
  description: nullable(string()),
  labels: nullish(labels, {}),
  custom_fields: nullish(record(string(), unknown()), {}),
});
export type CatalogService = InferOutput<typeof CatalogService>;

export const CatalogResource = object({
  id,
  name: nullable(string()),
  type: string(),
  config,
  integration: object({ name: string(), instance: reference }),
  integration_data: nullish(config, {}),
  archived: optional(boolean(), false),
});
export type CatalogResource = InferOutput<typeof CatalogResource>;

export const ResourceMapping = object({
  id,
  resource: object({ id }),
  service: reference,
});
export type ResourceMapping = InferOutput<typeof ResourceMapping>;

export const NumberedPage = object({ page: object({ total: number() }) });
export const CursorPage = object({ page: object({ next: nullish(string()) }) });

/** `application/problem+json`, of which each part may be missing (`BaseError`, `BadRequestError`). */
export const Problem = object({
  title: nullish(string()),
  detail: nullish(unknown()),
  message: nullish(string()),
  instance: nullish(string()),
  invalid_parameters: nullish(array(looseObject({ field: nullish(string()), reason: nullish(string()) }))),
});
