import { abortWith, type Clock } from '../clock.ts';
import { Failure } from '../errors.ts';
import type { Network } from '../hosts/host.ts';
import { oneLine } from '../text.ts';
import { pauseBefore } from './retry.ts';

/** The `code` of the error of an answer that is too large to read, and of a proxy that opens no tunnel. */
export const TOO_LARGE = 'TOO_LARGE';
export const PROXY_FAILED = 'PROXY_FAILED';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  method: Method;
  url: URL;
  headers: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Brought to its end even when the run is cancelled or out of time: to stop here would leave something broken. */
  critical?: boolean | undefined;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Http {
  /**
   * Sends a request and reads the answer, whatever its status. What may be repeated without harm is repeated on
   * passing faults (see `retry.ts`). Redirects are not followed.
   *
   * @throws {NoAnswer} when there is no usable answer
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Gives up what is still under way, and lets the process end. */
  close(): Promise<void>;
}

/** The request got no usable answer. */
export class NoAnswer extends Failure {
  override readonly name = 'NoAnswer';
  /** What kind of fault, e.g. `ECONNRESET`. */
  readonly code: string;
  /** Whether the server may have acted on the request all the same. */
  readonly maybeProcessed: boolean;
  /** Whether the fault may go away by itself. */
  readonly passing: boolean;

  constructor(request: HttpRequest, fault: Fault) {
    super(
      `${request.method} ${request.url.origin}${request.url.pathname} got no answer: ${oneLine(fault.reason)}.`,
      fault.cure,
    );
    this.code = fault.code;
    this.maybeProcessed = fault.maybeProcessed;
    this.passing = fault.passing;
  }
}

interface Fault {
  code: string;
  reason: string;
  maybeProcessed: boolean;
  passing: boolean;
  cure: string;
}

/** Milliseconds for one try, from connecting to the last byte of the answer. */
const TIMEOUT = 30_000;
/** Bytes. The largest answer that we ask for is a page of 100 records. */
const LARGEST_BODY = 20 * 1024 * 1024;

/**
 * An HTTP client for JSON services.
 *
 * @param options.lifetime ends what is under way when it aborts
 * @param options.log told of each repeat, in words for people
 */
export function createHttp(options: {
  userAgent: string;
  network: Network;
  clock: Clock;
  lifetime: AbortSignal;
  log(message: string): void;
}): Http {
  const { clock } = options;
  // Loaded with the first request: runs that only validate do not pay for it.
  let loading: Promise<ReturnType<typeof import('./transport.ts').createTransport>> | undefined;
  const transport = () => {
    loading ??= import('./transport.ts').then((module) => module.createTransport(options.network));
    return loading;
  };

  const closing = new AbortController();
  const interrupted = abortWith(closing.signal, options.lifetime);
  const endOf = (request: HttpRequest) => (request.critical ? closing.signal : interrupted.signal);
  /** When an origin that throttles may be asked again (milliseconds since 1970), by all requests. */
  const notBefore = new Map<string, number>();

  async function once(request: HttpRequest): Promise<HttpResponse | NoAnswer> {
    const headers: Record<string, string> = { 'user-agent': options.userAgent, accept: 'application/json' };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    const ending = abortWith(endOf(request));
    const cancel = clock.after(TIMEOUT, () => ending.abort(new DOMException('', 'TimeoutError')));
    try {
      const answer = (await transport()).exchange({
        method: request.method,
        url: request.url,
        headers: { ...headers, ...request.headers },
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
        signal: ending.signal,
        largestBody: LARGEST_BODY,
      });
      // undici looks at its signal only once it is connected.
      return await Promise.race([answer, rejectedBy(ending.signal)]);
    } catch (error) {
      endOf(request).throwIfAborted();
      return new NoAnswer(request, faultOf(error));
    } finally {
      cancel();
      ending.release();
    }
  }

  return {
    async send(request) {
      const { origin } = request.url;
      for (let attempt = 1; ; attempt++) {
        const throttled = (notBefore.get(origin) ?? 0) - clock.now();
        if (throttled > 0) await clock.sleep(throttled, endOf(request));
        const result = await once(request);
        const pause = pauseBefore(attempt + 1, request.method, result, clock.now());
        if (pause === undefined) {
          if (result instanceof NoAnswer) throw result;
          return result;
        }
        const why = result instanceof NoAnswer ? result.code : `status ${result.status}`;
        const seconds = Math.round(pause / 100) / 10;
        options.log(`${request.method} ${request.url.pathname}: ${why}; trying again in ${seconds} s`);
        if ('status' in result && result.status === 429)
          notBefore.set(origin, Math.max(notBefore.get(origin) ?? 0, clock.now() + pause));
        await clock.sleep(pause, endOf(request));
      }
    },
    async close() {
      closing.abort();
      interrupted.release();
      await (await loading)?.close();
    },
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}

const NEVER_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/u;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u;

function faultOf(error: unknown): Fault {
  const { code: given, name, message = '' } = error as { code?: unknown; name?: string; message?: string };
  const code = String(given ?? name ?? 'ERROR');
  const reason = given === undefined ? message : `${code} ${message}`;
  if (name === 'TimeoutError')
    return {
      code: 'timeout',
      reason: `nothing came back within ${TIMEOUT / 1000} seconds`,
      maybeProcessed: true,
      passing: true,
      cure: 'Run the step again; if it goes on, check the status of the service and of the proxy.',
    };
  if (code === TOO_LARGE)
    return {
      code,
      reason,
      maybeProcessed: true,
      passing: false,
      cure: 'Check that the address is the API of the catalog.',
    };
  if (CERTIFICATE.test(code))
    return {
      code,
      reason,
      maybeProcessed: false,
      passing: false,
      cure: 'The certificate is not trusted here. Set NODE_EXTRA_CA_CERTS, on the runner, to the PEM file of your CA.',
    };
  if (code === PROXY_FAILED)
    return {
      code,
      reason: message,
      maybeProcessed: false,
      passing: !/status 4/u.test(message),
      cure: 'Check the address, user and password in HTTPS_PROXY, and whether the proxy allows this host.',
    };
  return {
    code,
    reason,
    maybeProcessed: !NEVER_SENT.test(code),
    passing: true,
    cure: 'Check the address, the network, and HTTPS_PROXY and NO_PROXY on the runner.',
  };
}
