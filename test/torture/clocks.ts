import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../../src/clock.ts';

interface Timer {
  at: number;
  callback: () => void;
}

/** Milliseconds, of real time: no answer on loopback takes this long. */
const IDLE = 250;

/**
 * A clock on which sleeping takes no time: it is what moves it, by way of all timers that are due. Where nothing happens
 * for a moment, something is waited for that never comes: then it moves to the next timer, but not to the deadline of a
 * whole run.
 */
export function virtualClock(): Clock {
  const timers = new Set<Timer>();
  let now = Date.parse('2026-03-01T12:00:00Z');
  let idle: NodeJS.Timeout | undefined;

  const next = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at)[0];

  /** Does not go further than to where the signal aborts. */
  function moveTo(end: number, signal?: AbortSignal): void {
    for (let timer = next(end); timer && !signal?.aborted; timer = next(end)) {
      now = Math.max(now, timer.at);
      timers.delete(timer);
      timer.callback();
    }
    if (!signal?.aborted) now = Math.max(now, end);
    watch();
  }

  function watch(): void {
    clearTimeout(idle);
    const timer = next(now + 30_000);
    idle = timer && setTimeout(() => moveTo(timer.at), IDLE);
  }

  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      const end = now + milliseconds;
      await wait(0);
      moveTo(end, signal);
      signal?.throwIfAborted();
    },
    after(milliseconds, callback) {
      const timer = { at: now + milliseconds, callback };
      timers.add(timer);
      watch();
      return () => {
        timers.delete(timer);
        watch();
      };
    },
  };
}

/** Real time, made faster; what waits for an answer gets all the time it needs. */
export function fastClock(factor: number): Clock {
  return {
    now: () => Date.now() * factor,
    sleep: (milliseconds, signal) => wait(milliseconds / factor, undefined, signal && { signal }),
    after: systemClock.after,
  };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
