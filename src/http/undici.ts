/**
 * The part of undici that we use. The package's own index also loads fetch, web sockets, caches and mocks, which
 * doubles the time that it takes to load (`npm run bench` shows it).
 */
import type {
  Agent as AgentType,
  buildConnector as buildConnectorType,
  Dispatcher as DispatcherType,
} from 'undici';
// @ts-expect-error the package has types for its index alone
import api from 'undici/lib/api/index.js';
// @ts-expect-error
import connector from 'undici/lib/core/connect.js';
// @ts-expect-error
import agent from 'undici/lib/dispatcher/agent.js';
// @ts-expect-error
import dispatcher from 'undici/lib/dispatcher/dispatcher.js';

// As the index does: this is where `request` comes from.
Object.assign(dispatcher.prototype, api);

export type Dispatcher = DispatcherType;
export type HttpMethod = DispatcherType.HttpMethod;
export type Connector = buildConnectorType.connector;
export const Agent = agent as typeof AgentType;
export const buildConnector = connector as typeof buildConnectorType;
