import type { Socket } from 'node:net';
import { PROXY_FAILED } from './no-answer.ts';
import { buildConnector, type Connector } from './undici.ts';

/** Milliseconds for the proxy to open a tunnel. */
const TIMEOUT = 15_000;

/**
 * Connects by a tunnel through a proxy (RFC 9110, section 9.3.6). Not undici's ProxyAgent: that connects again and
 * again, without a pause or an end, to a proxy that hangs up, and waits for ever for one that says nothing.
 *
 * @param closing ends a tunnel that is being opened
 * @param tls options of the TLS connection to the server, and to an https proxy
 */
export function tunnelThrough(proxy: URL, tls: { ca?: string[] }, closing: AbortSignal): Connector {
  const connect = buildConnector({ ...tls, timeout: TIMEOUT });
  return (options, callback) => {
    openTunnel(
      proxy,
      tls,
      closing,
      `${options.hostname}:${options.port || (options.protocol === 'https:' ? 443 : 80)}`,
    ).then(
      (socket) =>
        options.protocol === 'https:'
          ? connect({ ...options, httpSocket: socket }, callback)
          : callback(null, socket),
      (error) => callback(error, null),
    );
  };
}

async function openTunnel(
  proxy: URL,
  tls: { ca?: string[] },
  closing: AbortSignal,
  target: string,
): Promise<Socket> {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const credentials = [proxy.username, proxy.password].map(decodeURIComponent).join(':');
  const authorization = { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
  return new Promise((resolve, reject) => {
    const failed = (why: string) =>
      reject(Object.assign(new Error(`the proxy ${proxy.host} ${why}`), { code: PROXY_FAILED }));
    const asking = request({
      ...tls,
      host: proxy.hostname.replace(/^\[|\]$/gu, ''),
      port: proxy.port || undefined,
      method: 'CONNECT',
      path: target,
      agent: false,
      signal: closing,
      timeout: TIMEOUT,
      headers: { host: target, ...(credentials === ':' ? {} : authorization) },
    });
    asking.on('connect', ({ statusCode }, socket) => {
      if (statusCode && statusCode >= 200 && statusCode < 300) return resolve(socket as Socket);
      socket.destroy();
      failed(`refused to connect to ${target}: status ${statusCode}`);
    });
    asking.on('timeout', () => asking.destroy(new Error('said nothing')));
    asking.on('error', ({ message }) => failed(`could not be used: ${message}`));
    asking.end();
  });
}
