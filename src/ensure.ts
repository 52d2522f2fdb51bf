import type { Clock } from './clock.ts';
import { Failure } from './errors.ts';
import type { Operation } from './inputs/table.ts';

/** One thing that is to exist, and to be as declared. */
export interface Ensurable<T> {
  /** For messages, e.g. `service "shop"`. */
  title: string;
  find(): Promise<T | undefined>;
  /** What is not as it was declared, in words; empty when all is. Absent where it only has to exist. */
  differs?(found: T): string[];
  /** Throws when what is missing or different must not be written. Also asked in a plan. */
  permit?(found: T | undefined): void | Promise<void>;
  create(): Promise<T>;
  /** Makes it as declared; there where `differs` is. */
  update?(found: T): Promise<T>;
  /** What {@link update} is called, if not `updated`. */
  repair?: 'replaced';
  /** What to do when its place is taken by something that the token may not see. */
  hidden: string;
  /** Statuses that may only be a delay here, so that they are tried again for two minutes. */
  settling?: readonly number[];
}

export interface Ensured<T> {
  operation: Operation;
  /** Undefined only in a plan, for what does not exist yet. */
  value: T | undefined;
  differences: string[];
}

/** Of what belongs to something that was made a moment ago: roles and look-ups follow after a while. */
export const FRESH: readonly number[] = [403, 404];

export interface EnsureMode {
  /** Write nothing, and say what would be written. */
  plan: boolean;
  clock: Clock;
}

/** How often a write is decided anew, and the first pause between (milliseconds, doubled each time). */
const ROUNDS = 5;
const FIRST_PAUSE = 500;
/** The longest pause, and how long a status that may be a delay is tried again (milliseconds). */
const LONGEST_PAUSE = 15_000;
const SETTLING = 120_000;

/**
 * Find, compare, then create, update or leave. A write that met a conflict, or whose answer was lost, is never
 * repeated blindly: it is decided again from what is found then. One that was refused is not repeated, but looked at
 * once more: an answer says less of what happened than what is there.
 *
 * @throws {Failure} what `find`, `permit` and the writes throw; and when a conflict stays unexplained
 */
export async function ensure<T>(thing: Ensurable<T>, { plan, clock }: EnsureMode): Promise<Ensured<T>> {
  const start = clock.now();
  let wrote: Ensured<T> | undefined;
  let lastRefusal: unknown;
  for (let round = 1; ; round++) {
    let decided: Ensured<T> | undefined;
    try {
      const found = await thing.find();
      const differences = (found !== undefined && thing.differs?.(found)) || [];
      if (found !== undefined && differences.length === 0)
        return wrote ? { ...wrote, value: found } : { operation: 'unchanged', value: found, differences };
      if (lastRefusal) throw lastRefusal;
      await thing.permit?.(found);
      decided = {
        operation: found === undefined ? 'created' : (thing.repair ?? 'updated'),
        value: found,
        differences,
      };
      if (plan) return decided;
      const value = found === undefined ? await thing.create() : await thing.update?.(found);
      return { ...(wrote ?? decided), value };
    } catch (error) {
      if (lastRefusal) throw lastRefusal;
      const { conflict, maybeProcessed, status } = error as Refusal;
      const settling = thing.settling?.includes(status ?? 0) && clock.now() - start < SETTLING;
      const refused = decided !== undefined && status !== undefined && status !== THROTTLED;
      if (!settling && !(decided && (conflict || maybeProcessed || refused))) throw error;
      if (maybeProcessed || (refused && !conflict)) wrote ??= decided;
      if (!settling && (round >= ROUNDS || !(conflict || maybeProcessed)))
        lastRefusal = conflict && decided?.operation === 'created' ? unexplained(thing, error) : error;
    }
    if (!lastRefusal) await clock.sleep(Math.min(FIRST_PAUSE * 2 ** (round - 1), LONGEST_PAUSE));
  }
}

/** The status of a request that was certainly not acted on. */
const THROTTLED = 429;

/** What the engine looks at in an error. */
interface Refusal {
  status?: number;
  /** Somebody else made it, or holds its place. */
  conflict?: boolean;
  /** The write may have happened all the same. */
  maybeProcessed?: boolean;
}

function unexplained(thing: Ensurable<unknown>, error: unknown): Failure {
  const message = error instanceof Failure ? error.message : String(error);
  return new Failure(`The ${thing.title} can neither be found nor created. ${message}`, thing.hidden);
}
