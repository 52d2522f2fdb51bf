import { randomUUID } from 'node:crypto';
import { CreateService, readBody, UpdateService } from '../bodies.ts';
import { numberedPage } from '../collections.ts';
import { discover, type StoredService, timestamp } from '../state.ts';
import { viewResource } from '../views.ts';
import {
  created,
  merged,
  ok,
  RESOURCE_FIELDS,
  type Routes,
  refuseTaken,
  resourceOf,
  SERVICE_FIELDS,
  serviceOf,
} from './route.ts';

export const SERVICE_ROUTES: Routes = {
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
      custom_fields: merged(
        state.customFields === 'replaced' && custom_fields ? {} : service.custom_fields,
        custom_fields,
      ),
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
};
