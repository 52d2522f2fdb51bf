import { abortWith, type Clock } from '../clock.ts';
import { Failure } from '../errors.ts';
import type { Network } from '../hosts/host.ts';
import type { Lifetime } from '../lifetime.ts';
import { NoAnswer } from './no-answer.ts';
import { isRead, isThrottled, LONGEST_PAUSE, pauseAsked, pauseBefore } from './retry.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HttpRequest {
  method: Method;
  url: URL;
  headers: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** It only reads, although it is a POST. */
  reads?: boolean | undefined;
  critical?: Critical;
  /** Called right before each try; what it throws ends the request. */
  before?: (() => void) | undefined;
}

/**
 * What becomes of a request when the run is to end, where to stop there would leave something broken:
 *
 * - `true`: it is sent, repeated and waited for as long as there is time left;
 * - `sent`: once it is sent, its answer is waited for as long; but it is not sent any more;
 * - `last`: it is sent once, at once, and given up after a second: for what is done on the way out.
 */
export type Critical = boolean | 'sent' | 'last' | undefined;

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Http {
  /**
   * Sends a request and reads the answer, whatever its status. What may be repeated without harm is repeated on
   * passing faults (see `retry.ts`). Redirects are not followed. A write that is refused with `Retry-After` is not sent
   * again before: until then its answer is the one that it got.
   *
   * @throws {NoAnswer} when there is no usable answer
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Gives up what is still under way, and lets the process end. */
  close(): Promise<void>;
}

/** Milliseconds for one try, from connecting to the last byte of the answer. */
const TIMEOUT = 30_000;
/** Milliseconds for a `last` request. */
const LAST_TIMEOUT = 1_000;
/** Bytes. The largest answer that we ask for is a page of 100 records. */
const LARGEST_BODY = 20 * 1024 * 1024;

/**
 * An HTTP client for JSON services.
 *
 * @param options.lifetime ends what is under way when it aborts, but not what is critical
 * @param options.grace ends what is critical too, `over` when it aborts; it has no end of its own where this is not given
 * @param options.log told of each repeat, in words for people
 */
export function createHttp(options: {
  userAgent: string;
  network: Network;
  clock: Clock;
  lifetime: AbortSignal;
  grace?: Pick<Lifetime, 'over' | 'patience'>;
  log(message: string): void;
}): Http {
  const { clock, lifetime, grace } = options;
  // Loaded with the first request: runs that only validate do not pay for it.
  let loading: Promise<ReturnType<typeof import('./transport.ts').createTransport>> | undefined;
  const transport = () => {
    loading ??= import('./transport.ts').then((module) =>
      module.createTransport(options.network, closing.signal),
    );
    return loading;
  };

  const closing = new AbortController();
  const ended = abortWith(closing.signal, lifetime);
  const over = abortWith(closing.signal, ...(grace ? [grace.over] : []));
  /** What ends the waits of a request, and what ends a try that was sent. */
  const endOfWaits = ({ critical }: HttpRequest) => (critical === true ? over.signal : ended.signal);
  const endOfTry = ({ critical }: HttpRequest) =>
    critical === 'last' ? closing.signal : critical ? over.signal : ended.signal;
  /** When an origin that throttles may be asked again (milliseconds since 1970), by all requests. */
  const notBefore = new Map<string, number>();
  /** Writes that are not to be sent again for longer than we wait, with what they were answered. */
  const refusals = new Map<string, { until: number; answer: HttpResponse }>();

  const waitFor = (origin: string) => (notBefore.get(origin) ?? 0) - clock.now();
  const holdBack = (origin: string, pause: number) =>
    notBefore.set(origin, Math.max(notBefore.get(origin) ?? 0, clock.now() + pause));

  async function once(request: HttpRequest): Promise<HttpResponse | NoAnswer> {
    const headers: Record<string, string> = { 'user-agent': options.userAgent, accept: 'application/json' };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    const ending = abortWith(endOfTry(request));
    const limits: (() => void)[] = [];
    const limit = (milliseconds: number) =>
      limits.push(clock.after(milliseconds, () => ending.abort(nothingWithin(milliseconds))));
    const hurry = () => grace && limit(Math.min(TIMEOUT, grace.patience()));
    limit(request.critical === 'last' ? LAST_TIMEOUT : TIMEOUT);
    if (request.critical !== 'last') {
      if (lifetime.aborted) hurry();
      else lifetime.addEventListener('abort', hurry);
    }
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
      endOfTry(request).throwIfAborted();
      if (error instanceof Failure) throw error;
      return new NoAnswer(request, error);
    } finally {
      lifetime.removeEventListener('abort', hurry);
      for (const cancel of limits) cancel();
      ending.release();
    }
  }

  /** One try, when its turn has come. */
  async function attempt(request: HttpRequest): Promise<HttpResponse | NoAnswer> {
    if (request.critical !== 'last') {
      const { origin } = request.url;
      for (let wait = waitFor(origin); wait > 0; wait = waitFor(origin))
        await clock.sleep(wait, endOfWaits(request));
      endOfWaits(request).throwIfAborted();
    }
    request.before?.();
    return once(request);
  }

  /** Keeps to what an answer asks for that is not repeated here. */
  function heed(request: HttpRequest, answer: HttpResponse): void {
    const asked = pauseAsked(answer, clock.now());
    if (asked === undefined) return;
    if (asked <= LONGEST_PAUSE || answer.status < 400)
      holdBack(request.url.origin, Math.min(asked, LONGEST_PAUSE));
    else if (!isRead(request)) refusals.set(keyOf(request), { until: clock.now() + asked, answer });
  }

  return {
    async send(request) {
      const refusal = refusals.get(keyOf(request));
      if (refusal && clock.now() < refusal.until) return refusal.answer;
      for (let tries = 1; ; tries++) {
        const result = await attempt(request);
        const pause =
          request.critical === 'last' ? undefined : pauseBefore(tries + 1, request, result, clock.now());
        if (pause === undefined) {
          if (result instanceof NoAnswer) throw result;
          heed(request, result);
          return result;
        }
        const why = result instanceof NoAnswer ? result.code : `status ${result.status}`;
        const seconds = Math.round(pause / 100) / 10;
        options.log(`${request.method} ${request.url.pathname}: ${why}; trying again in ${seconds} s`);
        // What one is told, all obey; the next attempt waits.
        if ('headers' in result && (isThrottled(result) || result.headers['retry-after']))
          holdBack(request.url.origin, pause);
        else await clock.sleep(pause, endOfWaits(request));
      }
    },
    async close() {
      closing.abort();
      ended.release();
      over.release();
      await loading?.then(
        ({ close }) => close(),
        () => {},
      );
    },
  };
}

function nothingWithin(milliseconds: number): DOMException {
  return new DOMException(`nothing came back within ${milliseconds / 1000} seconds`, 'TimeoutError');
}

function keyOf({ method, url }: HttpRequest): string {
  return `${method} ${url.href}`;
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
}
