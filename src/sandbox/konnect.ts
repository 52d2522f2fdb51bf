import { randomUUID } from 'node:crypto';
import {
  CreateCredential,
  CreateInstance,
  CreateMapping,
  CreateService,
  readBody,
  UpdateInstance,
  UpdateResource,
  UpdateService,
} from './bodies.ts';
import { cursorPage, numberedPage } from './collections.ts';
import { MANIFESTS, manifestsOf } from './manifests.ts';
import { badRequest, ProblemAnswer } from './problem.ts';
import {
  discover,
  newResource,
  type State,
  type StoredInstance,
  type StoredService,
  timestamp,
} from './state.ts';
import { viewCredential, viewInstance, viewMapping, viewResource } from './views.ts';

/** What a route gets: its path's parameters, the query and the parsed body. */
export interface Call {
  parameters: string[];
  query: URLSearchParams;
  body: unknown;
}

export interface Answer {
  status: number;
  body?: unknown;
}

type Handler = (state: State, call: Call) => Answer;

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
const gone: Answer = { status: 204 };

const SERVICE_FIELDS = ['id', 'name', 'display_name', 'custom_fields', 'labels'];
const INSTANCE_FIELDS = [
  'name',
  'display_name',
  'integration.name',
  'integration.display_name',
  'authorized',
  'labels',
];
const RESOURCE_FIELDS = [
  'id',
  'name',
  'integration.name',
  'integration.instance.id',
  'integration.instance.name',
  'type',
  'config',
  'archived',
];
const MAPPING_FIELDS = [
  'resource.id',
  'resource.name',
  'resource.integration.instance.id',
  'service.id',
  'service.name',
];

/** The operations of Konnect's Service Catalog API that this stand-in has, as `METHOD /path`. */
export const KONNECT_ROUTES: Record<string, Handler> = {
  'GET /integrations': (state, { query }) =>
    ok(numberedPage(manifestsOf(state.style), query, ['name', 'display_name'])),

  'GET /integration-instances': (state, { query }) =>
    ok(numberedPage(state.instances.map(viewInstance), query, INSTANCE_FIELDS)),
  'POST /integration-instances': (state, { body }) => {
    const given = readBody(CreateInstance, body);
    const manifest = MANIFESTS[given.integration_name];
    if (!manifest) throw badRequest('integration_name', 'missing_reference', 'is not a known integration');
    if (given.integration_name === 'azure-devops' && typeof given.config.organization !== 'string')
      throw badRequest('config.organization', 'required', 'is a required field');
    refuseTaken(state.instances, given.name);
    const instance: StoredInstance = {
      id: randomUUID(),
      name: given.name,
      display_name: given.display_name,
      description: given.description ?? null,
      integration: { name: given.integration_name, display_name: manifest },
      authorized: false,
      labels: given.labels ?? {},
      config: given.config,
      created_at: timestamp(state),
      updated_at: timestamp(state),
    };
    state.instances.push(instance);
    return created(viewInstance(instance));
  },
  'GET /integration-instances/:id': (state, { parameters: [id] }) => ok(viewInstance(instanceOf(state, id))),
  'PATCH /integration-instances/:id': (state, { parameters: [id], body }) => {
    const instance = instanceOf(state, id);
    const { labels, ...given } = readBody(UpdateInstance, body);
    if (given.config && instance.authorized)
      throw badRequest('config', 'invalid', 'can be changed only while unauthorized');
    if (given.name !== undefined && given.name !== instance.name) refuseTaken(state.instances, given.name);
    Object.assign(instance, given, { labels: merged(instance.labels, labels), updated_at: timestamp(state) });
    return ok(viewInstance(instance));
  },
  'DELETE /integration-instances/:id': (state, { parameters: [id] }) => {
    const instance = instanceOf(state, id);
    const lost = state.resources
      .filter(({ instanceId }) => instanceId === instance.id)
      .map((resource) => resource.id);
    state.instances = state.instances.filter((one) => one !== instance);
    state.credentials = state.credentials.filter(({ instanceId }) => instanceId !== instance.id);
    state.resources = state.resources.filter((resource) => !lost.includes(resource.id));
    state.mappings = state.mappings.filter(({ resourceId }) => !lost.includes(resourceId));
    return gone;
  },

  'GET /integration-instances/:id/auth-credential': (state, { parameters: [id] }) => {
    discover(state);
    return ok(viewCredential(state, credentialOf(state, id)));
  },
  'POST /integration-instances/:id/auth-credential': (state, { parameters: [id], body }) => {
    const instance = instanceOf(state, id);
    const { config } = readBody(CreateCredential, body);
    if (config.headers[0].name !== 'authorization')
      throw badRequest('config.headers.0.name', 'invalid', 'is not a header of this integration');
    if (state.credentials.some(({ instanceId }) => instanceId === instance.id))
      throw new ProblemAnswer(409, 'The integration instance has an auth credential already');
    const credential = {
      id: randomUUID(),
      instanceId: instance.id,
      type: 'multi_key_auth' as const,
      key: config.headers[0].key,
      tainted: false,
      expires_at: null,
      missing_permissions: [],
      created_at: timestamp(state),
    };
    state.credentials.push(credential);
    instance.authorized = true;
    return created(viewCredential(state, credential));
  },
  'DELETE /integration-instances/:id/auth-credential': (state, { parameters: [id] }) => {
    const credential = credentialOf(state, id);
    state.credentials = state.credentials.filter((one) => one !== credential);
    instanceOf(state, id).authorized = false;
    return gone;
  },

  'GET /catalog-services': (state, { query }) =>
    ok(
      numberedPage(
        state.services.map((one) => ({ ...one })),
        query,
        SERVICE_FIELDS,
      ),
    ),
  'POST /catalog-services': (state, { body }) => {
    const given = readBody(CreateService, body);
    refuseTaken(state.services, given.name);
    const service: StoredService = {
      id: randomUUID(),
      name: given.name,
      display_name: given.display_name,
      description: given.description ?? null,
      custom_fields: given.custom_fields ?? {},
      labels: given.labels ?? {},
      created_at: timestamp(state),
      updated_at: timestamp(state),
    };
    state.services.push(service);
    return created(service);
  },
  'GET /catalog-services/:id': (state, { parameters: [id] }) => ok(serviceOf(state, id)),
  'PATCH /catalog-services/:id': (state, { parameters: [id], body }) => {
    const service = serviceOf(state, id);
    const { labels, custom_fields, ...given } = readBody(UpdateService, body);
    if (given.name !== undefined && given.name !== service.name) refuseTaken(state.services, given.name);
    Object.assign(service, given, {
      labels: merged(service.labels, labels),
      custom_fields: merged(service.custom_fields, custom_fields),
      updated_at: timestamp(state),
    });
    return ok(service);
  },
  'GET /catalog-services/:id/resources': (state, { parameters: [id], query }) => {
    discover(state);
    const { id: serviceId } = serviceOf(state, id);
    const resources = state.mappings
      .filter((one) => one.serviceId === serviceId)
      .map(({ resourceId }) => resourceOf(state, resourceId));
    return ok(
      numberedPage(
        resources.map((one) => viewResource(state, one)),
        query,
        RESOURCE_FIELDS,
      ),
    );
  },

  'GET /resources': (state, { query }) => {
    discover(state);
    return ok(
      cursorPage(
        state.resources.map((one) => viewResource(state, one)),
        query,
        RESOURCE_FIELDS,
        '/resources',
      ),
    );
  },
  'GET /resources/:id': (state, { parameters: [id] }) => ok(viewResource(state, resourceOf(state, id))),
  'GET /resources/:id/catalog-services': (state, { parameters: [id], query }) => {
    const resource = resourceOf(state, id);
    const services = state.mappings
      .filter(({ resourceId }) => resourceId === resource.id)
      .map(({ serviceId }) => serviceOf(state, serviceId));
    return ok(
      numberedPage(
        services.map((one) => ({ ...one })),
        query,
        SERVICE_FIELDS,
      ),
    );
  },
  'PATCH /integration-instances/:id/resources/:id': (state, { parameters: [, id], body }) => {
    const resource = resourceOf(state, id);
    resource.archived = readBody(UpdateResource, body).archived;
    if (resource.archived)
      state.mappings = state.mappings.filter(({ resourceId }) => resourceId !== resource.id);
    return ok(viewResource(state, resource));
  },

  'GET /resource-mappings': (state, { query }) =>
    ok(
      numberedPage(
        state.mappings.map((one) => viewMapping(state, one)),
        query,
        MAPPING_FIELDS,
      ),
    ),
  'POST /resource-mappings': (state, { body }) => {
    const given = readBody(CreateMapping, body);
    const service = state.services.find(({ id, name }) => id === given.service || name === given.service);
    if (!service) throw badRequest('service', 'missing_reference', 'does not exist');
    const resource =
      typeof given.resource === 'string'
        ? state.resources.find(({ id }) => id === given.resource)
        : initialized(state, given.resource);
    if (!resource || resource.archived)
      throw badRequest('resource', 'missing_reference', resource ? 'is archived' : 'does not exist');
    if (
      state.mappings.some(
        ({ resourceId, serviceId }) => resourceId === resource.id && serviceId === service.id,
      )
    )
      throw new ProblemAnswer(409, 'The resource is mapped to the service already');
    const mapping = {
      id: randomUUID(),
      resourceId: resource.id,
      serviceId: service.id,
      created_at: timestamp(state),
    };
    state.mappings.push(mapping);
    return created(viewMapping(state, mapping));
  },
  'GET /resource-mappings/:id': (state, { parameters: [id] }) =>
    ok(viewMapping(state, found(state.mappings, id))),
  'DELETE /resource-mappings/:id': (state, { parameters: [id] }) => {
    const mapping = found(state.mappings, id);
    state.mappings = state.mappings.filter((one) => one !== mapping);
    return gone;
  },
};

/** A resource that is not discovered yet, by its description. */
function initialized(
  state: State,
  given: { integration_instance: string; type: string; config: Record<string, unknown> },
) {
  const instance = state.instances.find(
    ({ id, name }) => id === given.integration_instance || name === given.integration_instance,
  );
  if (!instance) throw badRequest('resource.integration_instance', 'missing_reference', 'does not exist');
  const config = JSON.stringify(given.config);
  return (
    state.resources.find(
      (one) =>
        one.instanceId === instance.id && one.type === given.type && JSON.stringify(one.config) === config,
    ) ?? newResource(state, instance, given.type, given.config)
  );
}

function refuseTaken(records: { name: string }[], name: string): void {
  if (records.some((record) => record.name === name))
    throw new ProblemAnswer(409, `Key (org_id, name)=(${name}) already exists.`);
}

/** Labels and custom fields merge; null removes a key. */
function merged<T>(
  old: Record<string, T>,
  update: Record<string, T | null> | null | undefined,
): Record<string, T> {
  const entries = Object.entries({ ...old, ...update }).filter(
    (entry): entry is [string, T] => entry[1] !== null,
  );
  return Object.fromEntries(entries);
}

function found<T extends { id: string }>(records: T[], id: string | undefined): T {
  const record = records.find((one) => one.id === id);
  if (!record) throw new ProblemAnswer(404, 'Not found');
  return record;
}

const instanceOf = (state: State, id: string | undefined) => found(state.instances, id);
const serviceOf = (state: State, id: string | undefined) => found(state.services, id);
const resourceOf = (state: State, id: string | undefined) => found(state.resources, id);

function credentialOf(state: State, instanceId: string | undefined) {
  const credential = state.credentials.find((one) => one.instanceId === instanceId);
  if (!credential) throw new ProblemAnswer(404, 'Not found');
  return credential;
}
