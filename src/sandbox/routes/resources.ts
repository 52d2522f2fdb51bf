import { randomUUID } from 'node:crypto';
import { CreateMapping, readBody, UpdateResource } from '../bodies.ts';
import { cursorPage, numberedPage } from '../collections.ts';
import { badRequest, ProblemAnswer } from '../problem.ts';
import { discover, newResource, type State, timestamp } from '../state.ts';
import { viewMapping, viewResource } from '../views.ts';
import {
  created,
  found,
  gone,
  ok,
  RESOURCE_FIELDS,
  type Routes,
  resourceOf,
  SERVICE_FIELDS,
  serviceOf,
} from './route.ts';

const MAPPING_FIELDS = [
  'resource.id',
  'resource.name',
  'resource.integration.instance.id',
  'service.id',
  'service.name',
];

export const RESOURCE_ROUTES: Routes = {
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
