import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Failure, messageOf } from '../errors.ts';
import type { Network } from '../hosts/host.ts';
import { oneLine } from '../text.ts';
import type { HttpResponse } from './http.ts';
import { TOO_LARGE } from './no-answer.ts';
import { tunnelThrough } from './tunnel.ts';
import { Agent, type Dispatcher, type HttpMethod } from './undici.ts';

interface Exchange {
  method: HttpMethod;
  url: URL;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal;
  /** Bytes. */
  largestBody: number;
}

/**
 * Connections: one pool for what goes direct, one for each proxy.
 *
 * @param closing ends the tunnels that are being opened
 */
export function createTransport(network: Network, closing: AbortSignal) {
  const dispatchers = new Map<string | undefined, Dispatcher>();
  const tls = trusted(network.certificateFiles ?? []);

  function dispatcherFor(url: URL): Dispatcher {
    const proxy = network.proxyFor(url);
    let dispatcher = dispatchers.get(proxy);
    if (!dispatcher) {
      dispatcher = new Agent({ connect: proxy ? tunnelThrough(proxyUrl(proxy), tls, closing) : tls });
      dispatchers.set(proxy, dispatcher);
    }
    return dispatcher;
  }

  return {
    async exchange({ url, largestBody, body, ...options }: Exchange): Promise<HttpResponse> {
      const response = await dispatcherFor(url).request({
        ...options,
        origin: url.origin,
        path: url.pathname + url.search,
        body: body ?? null,
      });
      const text = await read(response.body, largestBody);
      return { status: response.statusCode, headers: response.headers, text };
    },
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function trusted(files: string[]): { ca?: string[] } {
  if (files.length === 0) return {};
  try {
    return { ca: [...rootCertificates, ...files.map((file) => readFileSync(file, 'utf8'))] };
  } catch (error) {
    throw new Failure(
      `A file of certificates cannot be read: ${oneLine(messageOf(error))}.`,
      'Correct NODE_EXTRA_CA_CERTS, or the CA file that the agent was configured with (agent.cainfo).',
    );
  }
}

/** @throws {Failure} that does not show it: it may hold a password */
function proxyUrl(proxy: string): URL {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url && /^https?:$/u.test(url.protocol) && !/%(?![0-9a-f]{2})/iu.test(url.username + url.password))
    return url;
  throw new Failure(
    `The proxy for this host is not one that can be used${url ? ` (${url.protocol}//${url.host})` : ''}.`,
    'HTTPS_PROXY and HTTP_PROXY (or the proxy of the agent) must be like http://user:password@host:port, with other characters of user and password percent-encoded.',
  );
}

async function read(body: AsyncIterable<Buffer>, largest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > largest)
      throw Object.assign(new Error(`the answer is larger than ${largest} bytes`), { code: TOO_LARGE });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
