import { type Clock, systemClock } from '../clock.ts';
import { explain, Failure, messageOf } from '../errors.ts';
import { INPUTS } from '../inputs/table.ts';
import type { Repository } from '../repository.ts';
import { inert } from '../text.ts';
import type { TicketPlace } from '../tickets/tracker.ts';

/** What the runner says about the run. */
export interface RunContext {
  /** The repository of this run, where the runner or the checkout tells. */
  repository?: Repository | undefined;
  /** Why there is no repository, as the end of "the current repository …". */
  noRepository?: string | undefined;
  /** Set when the platform gives this kind of run no secrets, e.g. "a pull request from a fork". */
  secretsWithheld?: string | undefined;
  /** Where tickets of this run are kept; undefined where there is no such place. */
  tickets?: TicketPlace | undefined;
  /** Where people see this run. */
  page?: string | undefined;
  /** The Azure DevOps organization whose pipeline this is, and the job's own token for it. */
  azureDevOps?: { organization: string; url: string; token?: string | undefined } | undefined;
}

/** How requests leave this machine. */
export interface Network {
  /** The proxy for a URL, e.g. `http://user:secret@proxy:8080`; undefined to go direct. */
  proxyFor(url: URL): string | undefined;
  /** PEM files to trust besides Node's own list and, where there is any, in the place of NODE_EXTRA_CA_CERTS. */
  certificateFiles?: string[];
}

/** What differs by runner: reading inputs, and telling people and later steps. */
export interface Host {
  /** For the User-Agent header. */
  readonly name: 'github' | 'azure' | 'local';
  readonly network: Network;
  context(): RunContext;
  /** The value of an input by its kebab-case name, trimmed; '' when it is not given. */
  input(name: string): string;
  /** What people here call an input, by its kebab-case name. */
  inputName(name: string): string;
  /** Hides this value wherever it would be shown from now on. */
  secret(value: string): void;
  output(name: string, value: string): void;
  info(message: string): void;
  notice(message: string): void;
  warning(message: string): void;
  /** Shows that something is wrong, but does not fail the step. */
  error(message: string): void;
  /** Fails the step, with this message for people. */
  fail(message: string): void;
  /** Shows markdown beside the log. */
  summary(text: string): void;
}

/** The names of inputs in a text of ours, which says them as on GitHub: those of more than one word. */
const INPUT_NAMES = new RegExp(
  `(?<![\\w./=-])(?:${INPUTS.map(({ name }) => name)
    .filter((name) => name.includes('-'))
    .join('|')})(?![\\w-])`,
  'gu',
);

/** The host that the core sees. */
export interface GuardedHost extends Host {
  /** A text of ours for another place than the log: without secrets, and in the words of the host. */
  say(text: string): string;
}

/**
 * A host of which whatever it says is inert text without secrets, in the words of the host. The runners mask too, but
 * not each of them, and not each encoding.
 */
export function guarded(host: Host): GuardedHost {
  const hidden = new Set<string>();
  const clean = (text: string) => {
    let result = text;
    for (const value of hidden) result = result.replaceAll(value, '***');
    return result;
  };
  const say = (text: string) => clean(text).replace(INPUT_NAMES, (name) => host.inputName(name));
  return {
    name: host.name,
    network: host.network,
    context: () => host.context(),
    input: (name) => host.input(name),
    inputName: (name) => host.inputName(name),
    say,
    secret(value) {
      for (const form of encodings(value)) {
        if (hidden.has(form)) continue;
        hidden.add(form);
        host.secret(form);
      }
    },
    output: (name, value) => host.output(name, clean(value)),
    info: (message) => host.info(inert(say(message))),
    notice: (message) => host.notice(inert(say(message))),
    warning: (message) => host.warning(inert(say(message))),
    error: (message) => host.error(inert(say(message))),
    fail: (message) => host.fail(inert(say(message))),
    summary(text) {
      try {
        host.summary(say(text));
      } catch (error) {
        host.info(inert(`The job summary could not be written: ${messageOf(error)}`));
      }
    },
  };
}

/** What a command runs in. */
export interface Runtime {
  clock: Clock;
  /** Aborts when the runner asks to stop; its reason is a {@link Failure}. */
  cancelled: AbortSignal;
}

/** Runs a command to its end; an error becomes the step's failure. Never rejects. */
export async function run(
  raw: Host,
  command: (host: GuardedHost, runtime: Runtime) => Promise<void>,
): Promise<void> {
  const host = guarded(raw);
  const cancelling = new AbortController();
  // Runners ask first (SIGINT on GitHub and Azure, SIGTERM elsewhere), and kill some seconds later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => cancelling.abort(new Failure(`The run was cancelled (${signal}).`)));
  try {
    await command(host, { clock: systemClock, cancelled: cancelling.signal });
  } catch (error) {
    host.fail(explain(error));
  }
}

/** A secret as it may appear in a header, a URL or JSON; base64 of `:secret` is HTTP's Basic scheme for a PAT. */
function encodings(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64'),
    Buffer.from(`:${secret}`).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}
