import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

/** A clock on which sleeping takes no time: it is what moves it. What never answers is given up after a moment. */
export function virtualClock(): Clock {
  const timeouts: { at: number; controller: AbortController }[] = [];
  let now = Date.parse('2026-03-01T12:00:00Z');
  const expire = () => {
    for (const { at, controller } of timeouts)
      if (at <= now) controller.abort(new DOMException('The time is over.', 'TimeoutError'));
  };
  return {
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      const end = now + milliseconds;
      await wait(0);
      now = Math.max(now, end);
      expire();
      signal?.throwIfAborted();
    },
    timeout(milliseconds) {
      const controller = new AbortController();
      timeouts.push({ at: now + milliseconds, controller });
      // No answer on loopback takes this long; the deadline of a whole run is left to what is slept.
      if (milliseconds <= 30_000)
        setTimeout(
          () => controller.abort(new DOMException('The time is over.', 'TimeoutError')),
          250,
        ).unref();
      return controller.signal;
    },
  };
}

/** Real time, made faster. */
export function fastClock(factor: number): Clock {
  return {
    now: () => Date.now() * factor,
    sleep: (milliseconds, signal) => wait(milliseconds / factor, undefined, signal && { signal }),
    timeout: (milliseconds) => AbortSignal.timeout(Math.ceil(milliseconds / factor) + 5_000),
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
