import { type DescriptionStyle, definitionOf, RESOURCE_TYPES } from './descriptions.ts';

/** The integrations that the stand-in offers, by their display names. */
export const MANIFESTS: Record<string, string> = {
  'azure-devops': 'Azure DevOps',
  github: 'GitHub',
  gitlab: 'GitLab',
  pagerduty: 'PagerDuty',
};

const address = (path: string) => ({
  url: `https://global.api.konghq.com/service-catalog-integrations/github/app/${path}`,
});

const AUTHORIZATIONS: Record<string, unknown> = {
  'azure-devops': {
    type: 'multi_key_auth',
    config: {
      headers: [{ name: 'authorization', display_name: 'Personal access token', description: null }],
    },
  },
  github: {
    type: 'github_app_installation',
    config: {
      app_install_url: address('install'),
      app_manage_url: address('manage'),
      authorize_app_installation_endpoint: address('authorize-installation'),
      pending_app_installs_endpoint: address('pending-installs'),
    },
  },
};

/** `GET /integrations` (`CatalogIntegration`). */
export function manifestsOf(style: DescriptionStyle): Record<string, unknown>[] {
  return Object.entries(MANIFESTS).map(([name, display_name]) => ({
    name,
    display_name,
    description: `Connects ${display_name}.`,
    built_in: false,
    version: 'v1',
    visibility: 'public',
    authorization: AUTHORIZATIONS[name] ?? null,
    config_schema:
      name === 'azure-devops'
        ? {
            organization: {
              type: 'string',
              display_name: 'Organization',
              required: true,
              mutable_condition: 'unauthorized',
            },
          }
        : {},
    resource_types: name in RESOURCE_TYPES ? resourceTypes(style, name as keyof typeof RESOURCE_TYPES) : {},
    discovery: { resource_integration_data_examples: {} },
    api_spec_provider: null,
    events: null,
  }));
}

function resourceTypes(
  style: DescriptionStyle,
  provider: keyof typeof RESOURCE_TYPES,
): Record<string, unknown> {
  const schema = { type: 'simple', definition: definitionOf(style, provider) };
  return { [RESOURCE_TYPES[provider]]: { display_name: 'Repository', schema } };
}
