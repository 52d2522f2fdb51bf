import { abortWith, type Clock } from './clock.ts';
import { Failure } from './errors.ts';

/** How long a run goes on. It ends in two steps, so that nothing is left half done. */
export interface Lifetime {
  /** Aborts at the deadline, or when the runner asks to stop: nothing new is begun. Its reason is a {@link Failure}. */
  readonly ending: AbortSignal;
  /** Aborts some time later, for the same reason: what had to be brought to its end is given up too. */
  readonly over: AbortSignal;
  /** Milliseconds that one request may take in between. */
  patience(): number;
  /** Stops its timers. */
  release(): void;
}

/** Milliseconds between the two steps after the deadline, behind which nobody waits with a kill. */
const AFTER_DEADLINE = 120_000;

/**
 * @param cancelled aborts when the runner asks to stop
 * @param timeout milliseconds until the deadline
 * @param grace milliseconds between the two steps after the runner asked: it kills a little later
 */
export function createLifetime(
  clock: Clock,
  cancelled: AbortSignal,
  timeout: number,
  grace: number,
): Lifetime {
  const ending = abortWith(cancelled);
  const over = new AbortController();
  const timers: (() => void)[] = [];
  const endIn = (milliseconds: number) =>
    timers.push(clock.after(milliseconds, () => over.abort(ending.signal.reason)));
  const hurry = () => endIn(grace);
  timers.push(
    clock.after(timeout, () => {
      ending.abort(new Failure(`The run took longer than ${timeout / 60_000} min (timeout-minutes).`));
      endIn(AFTER_DEADLINE);
    }),
  );
  if (cancelled.aborted) hurry();
  else cancelled.addEventListener('abort', hurry);
  return {
    ending: ending.signal,
    over: over.signal,
    // Time enough for a second try.
    patience: () => (cancelled.aborted ? grace : AFTER_DEADLINE) / 2,
    release() {
      cancelled.removeEventListener('abort', hurry);
      ending.release();
      for (const stop of timers) stop();
    },
  };
}
