import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../../src/clock.ts';

/** A clock on which sleeping takes no time: it is what moves it. What never answers is given up after a moment. */
export function virtualClock(): Clock {
  const timers = new Set<{ at: number; callback: () => void }>();
  let now = Date.parse('2026-03-01T12:00:00Z');
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      const end = now + milliseconds;
      await wait(0);
      now = Math.max(now, end);
      for (const { at, callback } of timers) if (at <= now) callback();
      signal?.throwIfAborted();
    },
    after(milliseconds, callback) {
      const timer = { at: now + milliseconds, callback };
      timers.add(timer);
      // No answer on loopback takes this long; the deadline of a whole run is left to what is slept.
      const real = milliseconds <= 30_000 ? setTimeout(callback, 250) : undefined;
      return () => {
        timers.delete(timer);
        clearTimeout(real);
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
