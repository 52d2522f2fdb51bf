import type { State, StoredCredential, StoredInstance, StoredMapping, StoredResource } from './state.ts';

/** What is stored, as Konnect's answers show it. */

type Body = Record<string, unknown>;

export function viewInstance(instance: StoredInstance): Body {
  return { ...instance };
}

export function viewCredential(state: State, { instanceId, key: _, ...credential }: StoredCredential): Body {
  const specific: Record<StoredCredential['type'], Body> = {
    multi_key_auth: {},
    oauth: {},
    github_app_installation: { config: { installation_id: '46952218', app_installed_by: null } },
  };
  return {
    ...credential,
    ...specific[credential.type],
    integration_instance: reference(instance(state, instanceId)),
  };
}

export function viewResource(state: State, resource: StoredResource): Body {
  const { instanceId, ...visible } = resource;
  const service_associations = state.mappings.filter(({ resourceId }) => resourceId === resource.id).length;
  return { ...visible, integration: integrationOf(state, instanceId), service_associations };
}

export function viewMapping(state: State, { resourceId, serviceId, ...mapping }: StoredMapping): Body {
  const resource = state.resources.find(({ id }) => id === resourceId) as StoredResource;
  const service = state.services.find(({ id }) => id === serviceId) as State['services'][number];
  const { id, name, type, config, instanceId } = resource;
  return {
    ...mapping,
    resource: { id, name, type, config, integration: integrationOf(state, instanceId) },
    service: reference(service),
  };
}

function integrationOf(state: State, instanceId: string): Body {
  const owner = instance(state, instanceId);
  return { ...owner.integration, instance: reference(owner) };
}

function instance(state: State, id: string): StoredInstance {
  return state.instances.find((one) => one.id === id) as StoredInstance;
}

function reference({ id, name, display_name }: { id: string; name: string; display_name: string }): Body {
  return { id, name, display_name };
}
