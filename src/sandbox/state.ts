import { randomBytes, randomUUID } from 'node:crypto';
import { type DescriptionStyle, describeRepository, RESOURCE_TYPES } from './descriptions.ts';

/** The stand-in's memory: what an organization has in Konnect, and what there is in Azure DevOps and GitHub. */

export interface StoredInstance {
  id: string;
  name: string;
  display_name: string;
  description: string | null;
  integration: { name: string; display_name: string };
  authorized: boolean;
  labels: Record<string, string>;
  config: Record<string, unknown>;
  created_at: string;
  updated_at: string;
}

export interface StoredCredential {
  id: string;
  instanceId: string;
  type: 'multi_key_auth' | 'github_app_installation' | 'oauth';
  /** The key that was given; never part of an answer. */
  key: string;
  tainted: boolean;
  expires_at: string | null;
  missing_permissions: { scopes: string[]; message: string }[];
  created_at: string;
}

export interface StoredService {
  id: string;
  name: string;
  display_name: string;
  description: string | null;
  custom_fields: Record<string, unknown>;
  labels: Record<string, string>;
  created_at: string;
  updated_at: string;
}

export interface StoredResource {
  id: string;
  name: string | null;
  instanceId: string;
  type: string;
  config: Record<string, unknown>;
  integration_data: Record<string, unknown> | null;
  archived: boolean;
  created_at: string;
  updated_at: string;
}

export interface StoredMapping {
  id: string;
  resourceId: string;
  serviceId: string;
  created_at: string;
}

export interface HostedRepository {
  organization: string;
  /** Azure DevOps only. */
  project?: string;
  projectId?: string;
  name: string;
  id: string;
  /** Azure DevOps: nobody can read it, so it is not discovered. */
  disabled?: boolean;
  /** Texts of files by their paths, for catalogs that read them. */
  files?: Record<string, string>;
}

export type PatState = 'valid' | 'expired' | 'without scope';

export interface State {
  now(): number;
  style: DescriptionStyle;
  /** Milliseconds from authorization to discovery. */
  discoveryDelay: number;
  /** What a PATCH does to the custom fields that it does not name: the contract does not say. */
  customFields: 'merged' | 'replaced';
  /** Catalog tokens, and whether they may write. */
  tokens: Map<string, 'admin' | 'viewer'>;
  pats: Map<string, PatState>;
  jobTokens: Set<string>;
  repositories: Record<'azure-devops' | 'github' | 'gitlab', HostedRepository[]>;
  instances: StoredInstance[];
  credentials: StoredCredential[];
  services: StoredService[];
  resources: StoredResource[];
  mappings: StoredMapping[];
}

export function timestamp(state: State): string {
  return new Date(state.now()).toISOString();
}

export function newResource(
  state: State,
  instance: StoredInstance,
  type: string,
  config: Record<string, unknown>,
): StoredResource {
  const created_at = timestamp(state);
  const id = randomBytes(12).toString('base64url');
  const resource: StoredResource = {
    id,
    name: null,
    instanceId: instance.id,
    type,
    config,
    integration_data: null,
    archived: false,
    created_at,
    updated_at: created_at,
  };
  state.resources.push(resource);
  return resource;
}

/** What Konnect does by itself in the meantime: it reads what each credential lets it read. */
export function discover(state: State): void {
  for (const credential of state.credentials) {
    const instance = state.instances.find(({ id }) => id === credential.instanceId);
    if (!instance || Date.parse(credential.created_at) + state.discoveryDelay > state.now()) continue;
    const provider = instance.integration.name as keyof State['repositories'];
    if (provider === 'azure-devops' && state.pats.get(credential.key) !== 'valid') {
      credential.tainted = true;
      continue;
    }
    for (const repository of state.repositories[provider]) {
      const ours = instance.config.organization ?? repository.organization;
      if (repository.organization === ours && !repository.disabled)
        hydrate(state, instance, provider, repository);
    }
  }
}

function hydrate(
  state: State,
  instance: StoredInstance,
  provider: keyof State['repositories'],
  repository: HostedRepository,
): void {
  const described = describeRepository(state.style, provider, repository);
  const type = RESOURCE_TYPES[provider];
  const config = JSON.stringify(described.config);
  const known = state.resources.find(
    (one) => one.instanceId === instance.id && JSON.stringify(one.config) === config,
  );
  const resource = known ?? newResource(state, instance, type, described.config);
  resource.name = described.name;
  resource.integration_data = described.integration_data;
}

/** An integration that somebody made and authorized in a browser, as GitHub's and GitLab's are. */
export function authorizeInBrowser(
  state: State,
  provider: 'github' | 'gitlab',
  name: string = provider,
): StoredInstance {
  const created_at = timestamp(state);
  const instance: StoredInstance = {
    id: randomUUID(),
    name,
    display_name: name,
    description: null,
    integration: { name: provider, display_name: provider },
    authorized: true,
    labels: {},
    config: {},
    created_at,
    updated_at: created_at,
  };
  state.instances.push(instance);
  state.credentials.push({
    id: randomUUID(),
    instanceId: instance.id,
    type: provider === 'github' ? 'github_app_installation' : 'oauth',
    key: '',
    tainted: false,
    expires_at: null,
    missing_permissions: [],
    created_at: new Date(0).toISOString(),
  });
  return instance;
}
