import { abortWith, type Clock } from '../clock.ts';
import { Failure } from '../errors.ts';
import type { Network } from '../hosts/host.ts';
import { NoAnswer } from './no-answer.ts';
import { isThrottled, LONGEST_PAUSE, pauseAsked, pauseBefore } from './retry.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  method: Method;
  url: URL;
  headers: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** It only reads, although it is a POST. */
  reads?: boolean | undefined;
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
    loading ??= import('./transport.ts').then((module) =>
      module.createTransport(options.network, closing.signal),
    );
    return loading;
  };

  const closing = new AbortController();
  const interrupted = abortWith(closing.signal, options.lifetime);
  const endOf = (request: HttpRequest) => (request.critical ? closing.signal : interrupted.signal);
  /** When an origin that throttles may be asked again (milliseconds since 1970), by all requests. */
  const notBefore = new Map<string, number>();

  const waitFor = (origin: string) => (notBefore.get(origin) ?? 0) - clock.now();
  const holdBack = (origin: string, pause: number) =>
    notBefore.set(origin, Math.max(notBefore.get(origin) ?? 0, clock.now() + pause));

  async function once(request: HttpRequest): Promise<HttpResponse | NoAnswer> {
    endOf(request).throwIfAborted();
    const headers: Record<string, string> = { 'user-agent': options.userAgent, accept: 'application/json' };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    const ending = abortWith(endOf(request));
    const cancel = clock.after(TIMEOUT, () =>
      ending.abort(new DOMException(`nothing came back within ${TIMEOUT / 1000} seconds`, 'TimeoutError')),
    );
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
      if (error instanceof Failure) throw error;
      return new NoAnswer(request, error);
    } finally {
      cancel();
      ending.release();
    }
  }

  return {
    async send(request) {
      const { origin } = request.url;
      for (let attempt = 1; ; attempt++) {
        for (let wait = waitFor(origin); wait > 0; wait = waitFor(origin))
          await clock.sleep(wait, endOf(request));
        const result = await once(request);
        const pause = pauseBefore(attempt + 1, request, result, clock.now());
        if (pause === undefined) {
          if (result instanceof NoAnswer) throw result;
          const asked = result.status < 400 ? pauseAsked(result, clock.now()) : undefined;
          if (asked) holdBack(origin, Math.min(asked, LONGEST_PAUSE));
          return result;
        }
        const why = result instanceof NoAnswer ? result.code : `status ${result.status}`;
        const seconds = Math.round(pause / 100) / 10;
        options.log(`${request.method} ${request.url.pathname}: ${why}; trying again in ${seconds} s`);
        // What one is told, all obey; the loop waits.
        if ('headers' in result && (isThrottled(result) || result.headers['retry-after']))
          holdBack(origin, pause);
        else await clock.sleep(pause, endOf(request));
      }
    },
    async close() {
      closing.abort();
      interrupted.release();
      await loading?.then(
        ({ close }) => close(),
        () => {},
      );
    },
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}
