import { setTimeout as wait } from 'node:timers/promises';

/** Time, passed in so that nothing in the core reads it by itself. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; rejects with the signal's reason as soon as that aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after this many milliseconds, unless what it returns is called before. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) =>
    wait(milliseconds, undefined, signal && { signal }).catch((error) => {
      throw signal?.reason ?? error;
    }),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The same time, in which every sleep ends with the signal. */
export function until(signal: AbortSignal, clock: Clock): Clock {
  return { ...clock, sleep: (milliseconds) => clock.sleep(milliseconds, signal) };
}

/**
 * A controller that also aborts, for the same reason, when one of these signals does. (What AbortSignal.any and
 * AbortSignal.timeout make can be collected as garbage on Node 20 before it fires.)
 */
export function abortWith(...signals: AbortSignal[]): AbortController & { release(): void } {
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const listener = () => controller.abort(signal.reason);
    if (signal.aborted) listener();
    signal.addEventListener('abort', listener);
    return () => signal.removeEventListener('abort', listener);
  });
  return Object.assign(controller, {
    release() {
      for (const remove of listeners) remove();
    },
  });
}
