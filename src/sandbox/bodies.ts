import {
  type BaseIssue,
  boolean,
  check,
  type GenericSchema,
  type InferOutput,
  length,
  literal,
  maxEntries,
  maxLength,
  minLength,
  nullable,
  nullish,
  number,
  object,
  optional,
  pipe,
  record,
  regex,
  safeParse,
  strictObject,
  string,
  tupleWithRest,
  union,
  unknown,
} from 'valibot';
import { type InvalidParameter, ProblemAnswer } from './problem.ts';

/** The bodies that Konnect takes (components/requestBodies of the contract), with its rules. */

const machineName = pipe(string(), minLength(1), maxLength(120), regex(/^[0-9a-z.-]+$/u));
const displayName = pipe(string(), minLength(1), maxLength(120));
const description = nullable(pipe(string(), maxLength(2048)));
const labelKey = pipe(
  string(),
  minLength(1),
  maxLength(63),
  check((key) => !/^(?:kong|konnect|mesh|kic|_)/u.test(key), 'is reserved'),
);
const labelValue = pipe(
  string(),
  minLength(1),
  maxLength(63),
  regex(/^[a-z0-9A-Z]([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$/u),
);
const labels = pipe(record(labelKey, labelValue), maxEntries(50));
const labelsUpdate = nullable(pipe(record(labelKey, nullable(labelValue)), maxEntries(50)));
const text = nullable(string());
const link = nullable(strictObject({ name: string(), link: string() }));
const customFields = strictObject({
  owner: optional(text),
  cost_center: optional(text),
  product_manager: optional(text),
  git_repo: optional(link),
  dashboard: optional(link),
  jira_project: optional(link),
  slack_channel: optional(link),
});
const anyConfig = record(string(), unknown());

export const CreateService = strictObject({
  name: machineName,
  display_name: displayName,
  description: optional(description),
  labels: nullish(labels),
  custom_fields: optional(customFields),
});
export const UpdateService = strictObject({
  name: optional(machineName),
  display_name: optional(displayName),
  description: optional(description),
  labels: optional(labelsUpdate),
  custom_fields: optional(customFields),
});
export const CreateInstance = strictObject({
  integration_name: machineName,
  name: machineName,
  display_name: displayName,
  description: optional(description),
  labels: nullish(labels),
  config: anyConfig,
});
export const UpdateInstance = strictObject({
  name: optional(machineName),
  display_name: optional(displayName),
  description: optional(description),
  labels: optional(labelsUpdate),
  config: optional(anyConfig),
});
export const CreateCredential = strictObject({
  type: literal('multi_key_auth'),
  config: strictObject({
    headers: tupleWithRest(
      [object({ name: string(), key: string() })],
      object({ name: string(), key: string() }),
    ),
  }),
});
export const CreateMapping = strictObject({
  service: string(),
  resource: union([
    pipe(string(), length(16)),
    strictObject({
      integration_instance: string(),
      type: string(),
      config: record(string(), union([string(), number(), boolean()])),
    }),
  ]),
});
export const UpdateResource = strictObject({ archived: boolean() });

/** @throws {ProblemAnswer} 400 with every invalid parameter */
export function readBody<S extends GenericSchema>(schema: S, body: unknown): InferOutput<S> {
  const result = safeParse(schema, body);
  if (result.success) return result.output;
  throw new ProblemAnswer(
    400,
    'Invalid Parameters',
    (result.issues as [BaseIssue<unknown>, ...BaseIssue<unknown>[]]).map(invalid),
  );
}

function invalid(issue: BaseIssue<unknown>): InvalidParameter {
  const field = issue.path?.map(({ key }) => String(key)).join('.') ?? 'body';
  const rule =
    issue.type === 'regex'
      ? 'matches_regex'
      : issue.expected === 'never'
        ? 'unknown_property'
        : issue.received === 'undefined'
          ? 'required'
          : 'invalid';
  return { field, rule, reason: issue.message, source: 'body' };
}
