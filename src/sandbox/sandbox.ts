import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAzureDevOps } from './azure-devops.ts';
import type { DescriptionStyle } from './descriptions.ts';
import { type Lag, lagOf } from './lag.ts';
import { badRequest, ProblemAnswer } from './problem.ts';
import { INTEGRATION_ROUTES } from './routes/integrations.ts';
import { RESOURCE_ROUTES } from './routes/resources.ts';
import type { Answer } from './routes/route.ts';
import { SERVICE_ROUTES } from './routes/services.ts';
import type { State } from './state.ts';

/** One request and its answer, without secrets. */
export interface Exchange {
  method: string;
  /** With the query, as it was sent. */
  path: string;
  headers: Record<string, string>;
  body: unknown;
  status: number;
  answer: unknown;
  /** Whether a fault put this answer into the place of ours. */
  faked: boolean;
  /** 1 for requests that were sent before any was answered, 2 for those after the first answer to one of these, … */
  round: number;
}

/**
 * What goes wrong with a request. Before it is acted on: another answer in the place of ours, a connection that breaks,
 * an answer that never comes. After: the same, or an answer that stops in its middle or is garbled.
 */
export type Fault =
  | 'reset before'
  | 'never'
  | 'reset after'
  | 'never after'
  | 'trickle'
  | { answer: FakedAnswer }
  | { answerAfter: FakedAnswer }
  | { garble(text: string): string };

interface FakedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export interface Sandbox {
  /** e.g. `http://127.0.0.1:4010`, the `catalog-url`. */
  url: string;
  /** The `azure-devops-url`. */
  azureDevOpsUrl: string;
  state: State;
  exchanges: Exchange[];
  /** Decides what goes wrong with a request. */
  fault: ((request: { method: string; path: string }) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

export interface SandboxOptions {
  port?: number;
  style?: DescriptionStyle;
  /** Milliseconds. */
  discoveryDelay?: number;
  /** Milliseconds that each answer takes. */
  latency?: number | (() => number);
  /** The most records of a page: to ask for more is refused. */
  largestPage?: number;
  customFields?: State['customFields'];
  /** Milliseconds by which lists are behind. */
  lag?: number;
  now?: () => number;
  /** Other servers at the same address, asked before ours: undefined for what is not theirs. */
  beside?: (request: BesideRequest) => AnyAnswer | undefined;
}

export interface BesideRequest {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: unknown;
}

const AZURE_PATH = '/azure-devops';
const ROUTES = { ...INTEGRATION_ROUTES, ...SERVICE_ROUTES, ...RESOURCE_ROUTES };

/** Starts a catalog in memory on loopback, that behaves like Konnect's contract, with a little Azure DevOps beside it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const state: State = {
    now: options.now ?? Date.now,
    style: options.style ?? 'names',
    discoveryDelay: options.discoveryDelay ?? 0,
    customFields: options.customFields ?? 'merged',
    tokens: new Map(),
    pats: new Map(),
    jobTokens: new Set(),
    repositories: { 'azure-devops': [], github: [], gitlab: [] },
    instances: [],
    credentials: [],
    services: [],
    resources: [],
    mappings: [],
  };
  const lag = lagOf(state, options.lag ?? 0);
  const server = createServer((request, response) => {
    handle(sandbox, lag, options, request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sandbox: Sandbox = {
    url,
    azureDevOpsUrl: `${url}${AZURE_PATH}`,
    state,
    exchanges: [],
    fault: undefined,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return sandbox;
}

function latencyOf({ latency = 0 }: SandboxOptions): number {
  return typeof latency === 'number' ? latency : latency();
}

async function handle(
  sandbox: Sandbox,
  lag: Lag,
  options: SandboxOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  const latency = latencyOf(options);
  const round = 1 + Math.max(0, ...sandbox.exchanges.map((one) => one.round));
  const fault = sandbox.fault?.({ method, path });
  const text = await readAll(request);
  if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
  if (fault === 'reset before') return void request.socket.destroy();
  if (fault === 'never') return;
  const body = text === '' ? undefined : parse(text);
  const url = new URL(path, 'http://sandbox.invalid');
  const act = () =>
    options.beside?.({ method, url, headers: request.headers, body }) ??
    answerTo(sandbox.state, lag, options, request, url, body);
  const before = typeof fault === 'object' && 'answer' in fault ? fault.answer : undefined;
  const acted = before ?? act();
  const after = typeof fault === 'object' && 'answerAfter' in fault ? fault.answerAfter : undefined;
  const shown: AnyAnswer = after ?? acted;
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  delete headers.authorization;
  sandbox.exchanges.push({
    method,
    path,
    headers,
    body: withoutKeys(body),
    status: shown.status,
    answer: shown.body,
    faked: before !== undefined || after !== undefined,
    round,
  });
  if (fault === 'reset after') return void request.socket.destroy();
  if (fault === 'never after') return;
  const type = shown.status >= 400 ? 'application/problem+json' : 'application/json';
  const answer = typeof shown.body === 'string' ? shown.body : JSON.stringify(shown.body);
  response.writeHead(shown.status, { 'content-type': type, ...shown.headers });
  if (fault === 'trickle') response.write(answer?.slice(0, 10) ?? '');
  else response.end(typeof fault === 'object' && 'garble' in fault && answer ? fault.garble(answer) : answer);
}

export type AnyAnswer = Answer & { headers?: Record<string, string> };

function answerTo(
  state: State,
  lag: Lag,
  options: SandboxOptions,
  request: IncomingMessage,
  url: URL,
  body: unknown,
): AnyAnswer {
  if (url.pathname.startsWith(`${AZURE_PATH}/`))
    return answerAzureDevOps(state, url.pathname.slice(AZURE_PATH.length), url.searchParams, request.headers);
  try {
    const { largestPage = Number.POSITIVE_INFINITY } = options;
    if (Number(url.searchParams.get('page[size]') ?? 0) > largestPage)
      throw badRequest('page[size]', 'invalid', `must be at most ${largestPage}`, 'query');
    return answerKonnect(state, lag, request, url, body);
  } catch (error) {
    if (error instanceof ProblemAnswer) return { status: error.status, body: error.body };
    throw error;
  }
}

function answerKonnect(state: State, lag: Lag, request: IncomingMessage, url: URL, body: unknown): Answer {
  const token = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const role = state.tokens.get(token);
  if (!role) throw new ProblemAnswer(401, 'Invalid credentials');
  if (role === 'viewer' && request.method !== 'GET') throw new ProblemAnswer(403, 'Forbidden');
  const path = url.pathname.replace(/^\/v1(?=\/)/u, '');
  for (const [route, handler] of Object.entries(ROUTES)) {
    const [method, template = ''] = route.split(' ');
    const match =
      method === request.method && new RegExp(`^${template.replaceAll(':id', '([^/]+)')}$`, 'u').exec(path);
    if (!match || url.pathname === path) continue;
    if (method !== 'GET') lag.beforeWrite();
    const seen =
      method === 'GET' && !template.endsWith(':id') && !template.endsWith('auth-credential')
        ? lag.asListed()
        : state;
    const parameters = match.slice(1).map(decodeURIComponent);
    return handler(seen, { parameters, query: url.searchParams, body });
  }
  throw new ProblemAnswer(404, 'Not found');
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The key of a credential is never recorded. */
function withoutKeys(body: unknown): unknown {
  return body === undefined
    ? undefined
    : JSON.parse(JSON.stringify(body), (name, value) => (name === 'key' ? 'hidden' : value));
}
