import type { Clock } from '../src/clock.ts';
import { Failure } from '../src/errors.ts';
import { graceOf } from '../src/hosts/azure.ts';
import { type Host, run } from '../src/hosts/host.ts';
import { createLifetime } from '../src/lifetime.ts';

const MINUTE = 60_000;

/** A clock that is set by hand. */
function handClock() {
  let now = 0;
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    now: () => now,
    sleep: () => Promise.reject(new Error('nobody sleeps here')),
    after(milliseconds, callback) {
      timers.set(callback, now + milliseconds);
      return () => timers.delete(callback);
    },
  };
  return {
    clock,
    timers,
    moveTo(time: number) {
      now = time;
      for (const [callback, at] of timers)
        if (at <= now) {
          timers.delete(callback);
          callback();
        }
    },
  };
}

function lifetimeOf() {
  const hand = handClock();
  const cancelling = new AbortController();
  const lifetime = createLifetime(hand.clock, cancelling.signal, 15 * MINUTE, 6_000);
  return {
    ...hand,
    lifetime,
    cancel: () => cancelling.abort(new Failure('The run was cancelled (SIGINT).')),
  };
}

test('a run that is cancelled has a few seconds to bring something to its end', () => {
  const { lifetime, cancel, moveTo } = lifetimeOf();
  moveTo(MINUTE);
  cancel();
  expect(lifetime.ending.reason).toMatchObject({ message: 'The run was cancelled (SIGINT).' });
  expect(lifetime.patience()).toBe(3_000);
  moveTo(MINUTE + 5_999);
  expect(lifetime.over.aborted).toBe(false);
  moveTo(MINUTE + 6_000);
  expect(lifetime.over.reason).toBe(lifetime.ending.reason);
});

test('after the deadline it has two minutes, unless it is cancelled then', () => {
  const first = lifetimeOf();
  first.moveTo(15 * MINUTE);
  expect(first.lifetime.ending.reason).toMatchObject({
    message: 'The run took longer than 15 min (timeout-minutes).',
  });
  first.moveTo(17 * MINUTE - 1);
  expect(first.lifetime.over.aborted).toBe(false);
  first.moveTo(17 * MINUTE);
  expect(first.lifetime.over.aborted).toBe(true);

  const second = lifetimeOf();
  second.moveTo(15 * MINUTE);
  second.cancel();
  second.moveTo(15 * MINUTE + 6_000);
  expect(second.lifetime.over.aborted).toBe(true);
});

test('a run that is done leaves no timer', () => {
  const { lifetime, timers, cancel } = lifetimeOf();
  cancel();
  lifetime.release();
  expect(timers.size).toBe(0);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['soon', undefined],
  ['60000', 58_500],
  ['7500', 6_000],
  ['1000', 0],
])('an agent that waits %s ms after SIGINT leaves a replacement %s', (given, grace) =>
  expect(graceOf({ PROCESS_SIGINT_TIMEOUT: given })).toBe(grace),
);

test.each(['SIGINT', 'SIGTERM', 'SIGBREAK'] as const)(
  '%s asks a run to stop, however often',
  async (signal) => {
    const failures: string[] = [];
    const host = { fail: (message: string) => failures.push(message) } as unknown as Host;
    await run(host, async (_, { cancelled }) => {
      process.emit(signal);
      process.emit('SIGTERM');
      process.emit('SIGINT');
      throw cancelled.reason;
    });
    // Node gives the name of the signal to whoever listens; here it is not given.
    expect(failures).toEqual([expect.stringMatching(/^The run was cancelled/u)]);
    expect(process.listenerCount(signal)).toBe(0);
  },
);
