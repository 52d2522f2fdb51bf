import { randomUUID } from 'node:crypto';
import { CreateCredential, CreateInstance, readBody, UpdateInstance } from '../bodies.ts';
import { numberedPage } from '../collections.ts';
import { MANIFESTS, manifestsOf } from '../manifests.ts';
import { badRequest, ProblemAnswer } from '../problem.ts';
import { discover, type State, type StoredInstance, timestamp } from '../state.ts';
import { viewCredential, viewInstance } from '../views.ts';
import { created, gone, instanceOf, merged, ok, type Routes, refuseTaken } from './route.ts';

const INSTANCE_FIELDS = [
  'name',
  'display_name',
  'integration.name',
  'integration.display_name',
  'authorized',
  'labels',
];

export const INTEGRATION_ROUTES: Routes = {
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
};

function credentialOf(state: State, instanceId: string | undefined) {
  const credential = state.credentials.find((one) => one.instanceId === instanceId);
  if (!credential) throw new ProblemAnswer(404, 'Not found');
  return credential;
}
