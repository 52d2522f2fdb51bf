import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { Network } from '../hosts/host.ts';
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

/** Connections: one pool for what goes direct, one for each proxy. */
export function createTransport(network: Network) {
  const dispatchers = new Map<string | undefined, Dispatcher>();
  const files = network.certificateFiles ?? [];
  const tls =
    files.length > 0 ? { ca: [...rootCertificates, ...files.map((file) => readFileSync(file, 'utf8'))] } : {};

  function dispatcherFor(url: URL): Dispatcher {
    const proxy = network.proxyFor(url);
    let dispatcher = dispatchers.get(proxy);
    if (!dispatcher) {
      dispatcher = new Agent({ connect: proxy ? tunnelThrough(new URL(proxy), tls) : tls });
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
