import type { Clock } from '../../src/clock.ts';
import { main } from '../../src/commands/main.ts';
import { explain } from '../../src/errors.ts';
import { cannotWrite, guarded, type Host } from '../../src/hosts/host.ts';
import { INPUTS, type InputName } from '../../src/inputs/table.ts';
import type { Repository } from '../../src/repository.ts';
import type { TicketPlace } from '../../src/tickets/tracker.ts';

/** One run of the core in this process. */
export interface CoreRun {
  succeeded: boolean;
  outputs: Record<string, string>;
  /** All that was said. */
  said: string;
}

export interface CoreOptions {
  inputs: Partial<Record<InputName, string>>;
  repository: Repository;
  /** Where tickets are kept. */
  tickets?: TicketPlace;
  clock: Clock;
  cancelled?: AbortSignal;
  /** The proxy that a request is sent to, to have it refused. */
  proxyFor?: () => string | undefined;
  /** What the runner cannot be told. */
  unwritable?: Unwritable | undefined;
}

/** A file of the runner that cannot be written. */
export type Unwritable = 'output' | 'summary';

export async function runCore({
  inputs,
  repository,
  tickets,
  clock,
  cancelled,
  proxyFor,
  unwritable,
}: CoreOptions): Promise<CoreRun> {
  const result: CoreRun = { succeeded: true, outputs: {}, said: '' };
  const say = (text: string) => {
    result.said += `${text}\n`;
  };
  const refuse = (what: Unwritable) => {
    if (unwritable === what) throw cannotWrite(`The ${what}`, 'a file', new Error('EACCES'));
  };
  const host: Host = {
    name: 'local',
    network: { proxyFor: () => proxyFor?.() },
    context: () => ({ repository, tickets }),
    // As runners do, which give every declared input.
    input: (name) =>
      inputs[name as InputName] ??
      INPUTS.find((row) => row.name === name && 'default' in row)?.['default' as never] ??
      '',
    inputName: (name) => name,
    secret() {},
    output(name, value) {
      refuse('output');
      if (name in result.outputs) throw new Error(`The output ${name} was written twice.`);
      result.outputs[name] = value;
    },
    info: say,
    notice: say,
    warning: say,
    error: say,
    fail(message) {
      say(message);
      result.succeeded = false;
    },
    summary(text) {
      refuse('summary');
      say(text);
    },
  };
  const safe = guarded(host);
  try {
    await main(safe, { clock, cancelled: cancelled ?? new AbortController().signal });
  } catch (error) {
    safe.fail(explain(error));
  }
  const unwritten = safe.unwritten();
  if (unwritten) safe.fail(explain(unwritten));
  return result;
}
