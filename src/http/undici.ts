/**
 * The part of undici that we use. The package's own index also loads fetch, web sockets, caches and mocks, which
 * doubles the time that it takes to load (`npm run bench` shows it).
 */
import type { Agent as AgentType, Dispatcher as DispatcherType, ProxyAgent as ProxyAgentType } from 'undici';
// @ts-expect-error the package has types for its index alone
import api from 'undici/lib/api/index.js';
// @ts-expect-error
import agent from 'undici/lib/dispatcher/agent.js';
// @ts-expect-error
import dispatcher from 'undici/lib/dispatcher/dispatcher.js';
// @ts-expect-error
import proxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

// As the index does: requests, and the tunnels of ProxyAgent, are made by these methods.
Object.assign(dispatcher.prototype, api);

export type Dispatcher = DispatcherType;
export type HttpMethod = DispatcherType.HttpMethod;
export const Agent = agent as typeof AgentType;
export const ProxyAgent = proxyAgent as typeof ProxyAgentType;
