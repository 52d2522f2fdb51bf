import { setTimeout } from 'node:timers/promises';

/** Time, passed in so that nothing in the core reads it by itself. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after this many milliseconds; rejects as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A signal that aborts after this many milliseconds. */
  timeout(milliseconds: number): AbortSignal;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, signal && { signal }),
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
};

/** The same time, in which every sleep ends with the signal. */
export function until(signal: AbortSignal, clock: Clock): Clock {
  return {
    ...clock,
    sleep: (milliseconds, other) =>
      clock.sleep(milliseconds, other ? AbortSignal.any([signal, other]) : signal),
  };
}
