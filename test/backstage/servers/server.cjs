/**
 * Starts the Backstage that is installed in the current folder, and says when it is ready. The files whose URLs are in
 * BACKSTAGE_DISCOVERED, a line each, are found as the provider for Azure DevOps finds them.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');

const installed = createRequire(`${process.cwd()}/package.json`);
const { createBackend } = installed('@backstage/backend-defaults');
const backend = createBackend();
backend.add({ default: installed('@backstage/plugin-catalog-backend').default });
backend.add(discovery());
backend.start().then(
  () => console.log('READY'),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);

function discovery() {
  const { createBackendModule } = installed('@backstage/backend-plugin-api');
  const { catalogProcessingExtensionPoint } = {
    ...installed('@backstage/plugin-catalog-node/alpha'),
    ...installed('@backstage/plugin-catalog-node'),
  };
  const provider = {
    getProviderName: () => 'AzureDevOpsEntityProvider:tests',
    async connect(connection) {
      setInterval(() => {
        const entities = discovered().map((target) => ({
          locationKey: 'AzureDevOpsEntityProvider:tests',
          entity: locationOf(target),
        }));
        connection.applyMutation({ type: 'full', entities }).catch(console.error);
      }, 1000);
    },
  };
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'discovery',
    register: (registry) =>
      registry.registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        init: async ({ catalog }) => catalog.addEntityProvider(provider),
      }),
  });
}

function discovered() {
  try {
    return readFileSync(process.env.BACKSTAGE_DISCOVERED, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function locationOf(target) {
  const origin = `url:${target}`;
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    metadata: {
      name: `generated-${createHash('sha1').update(origin).digest('hex')}`,
      annotations: {
        'backstage.io/managed-by-location': origin,
        'backstage.io/managed-by-origin-location': origin,
      },
    },
    spec: { type: 'url', target, presence: 'optional' },
  };
}
