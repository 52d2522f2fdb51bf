import { randomUUID } from 'node:crypto';
import { PAT_LABEL, patMark } from '../../../src/catalogs/konnect/naming.ts';
import {
  discover,
  type StoredInstance,
  type StoredResource,
  type StoredService,
} from '../../../src/sandbox/state.ts';
import { patDigest } from '../../../src/scm/pat.ts';
import { ORGANIZATION, SHOP, type World } from './world.ts';

/** What may be there before a run. */

const LONG_AGO = '2026-01-05T08:00:00.000Z';

export function seedInstance(world: World, values: Partial<StoredInstance> = {}): StoredInstance {
  const instance: StoredInstance = {
    id: randomUUID(),
    name: 'azure-devops',
    display_name: 'Azure DevOps',
    description: null,
    integration: { name: 'azure-devops', display_name: 'Azure DevOps' },
    authorized: false,
    labels: {},
    config: { organization: ORGANIZATION },
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    ...values,
  };
  world.state.instances.push(instance);
  return instance;
}

/** A credential made by an earlier run from this PAT; with `labelled: false`, made by hand. */
export function seedCredential(world: World, instance: StoredInstance, key: string, labelled = true) {
  const credential = {
    id: randomUUID(),
    instanceId: instance.id,
    type: 'multi_key_auth' as const,
    key,
    tainted: false,
    expires_at: null as string | null,
    missing_permissions: [] as { scopes: string[]; message: string }[],
    // A year after this, a credential is taken for expired.
    created_at: new Date(world.state.now() - 90 * 86_400_000).toISOString(),
  };
  world.state.credentials.push(credential);
  instance.authorized = true;
  if (labelled) instance.labels[PAT_LABEL] = patMark(credential.id, patDigest(instance.id, key));
  return credential;
}

/** An integration that has discovered everything. */
export function seedIntegration(world: World, values: Partial<StoredInstance> = {}) {
  const instance = seedInstance(world, values);
  const credential = seedCredential(world, instance, world.pat);
  discover(world.state);
  return { instance, credential };
}

export function seedService(world: World, values: Partial<StoredService> = {}): StoredService {
  const service: StoredService = {
    id: randomUUID(),
    name: 'checkout-api',
    display_name: 'Checkout',
    description: null,
    custom_fields: {},
    labels: {},
    created_at: LONG_AGO,
    updated_at: LONG_AGO,
    ...values,
  };
  world.state.services.push(service);
  return service;
}

export function seedMapping(world: World, service: StoredService, resource: StoredResource) {
  const mapping = { id: randomUUID(), serviceId: service.id, resourceId: resource.id, created_at: LONG_AGO };
  world.state.mappings.push(mapping);
  return mapping;
}

/** The resource that stands for {@link SHOP}, in the style "names" or "ids". */
export function shopResource(world: World, project = SHOP.project): StoredResource {
  const projectId = world.state.repositories['azure-devops'].find(
    (one) => one.project === project,
  )?.projectId;
  const found = world.state.resources.find(
    ({ config }) => config.project === project || config.project_id === projectId,
  );
  if (!found) throw new Error('It is not discovered yet.');
  return found;
}
