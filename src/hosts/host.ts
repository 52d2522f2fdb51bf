import { type Clock, systemClock } from '../clock.ts';
import { explain, Failure, messageOf } from '../errors.ts';
import { INPUTS } from '../inputs/table.ts';
import { couldBeToken } from '../inputs/values.ts';
import type { Repository } from '../repository.ts';
import { createSecrets, withSecrets } from '../secrets.ts';
import { inert, oneLine } from '../text.ts';
import type { TicketPlace } from '../tickets/tracker.ts';

/** What the runner says about the run. */
export interface RunContext {
  /** The repository of this run, where the runner or the checkout tells. */
  repository?: Repository | undefined;
  /** Why there is no repository, as the end of "the current repository …". */
  noRepository?: string | undefined;
  /** The clone URL of the repository, where nothing tells whose host it is on. */
  cloneUrl?: string | undefined;
  /** Set when the platform gives this kind of run no secrets, e.g. "a pull request from a fork". */
  secretsWithheld?: string | undefined;
  /** Where tickets of this run are kept; undefined where there is no such place. */
  tickets?: TicketPlace | undefined;
  /** Where people see this run. */
  page?: string | undefined;
  /** The Azure DevOps organization whose pipeline this is, and the job's own token for it. */
  azureDevOps?: PipelineOrganization | undefined;
}

export interface PipelineOrganization {
  organization: string;
  /** Where it is reached, e.g. `https://dev.azure.com`. */
  url: string;
  /** As {@link Repository.behind}. */
  behind?: string | undefined;
  token?: string | undefined;
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

/** What `output` and `summary` throw where the runner's file for them cannot be written. */
export function cannotWrite(what: string, where: string, error: unknown): Failure {
  return new Failure(
    `${what} cannot be written to ${where}: ${oneLine(messageOf(error))}.`,
    'Everything else was done. Run the step as a user who can write the files of the runner: in a container job, as the user that the runner has.',
  );
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
  /** Does the work of the run: what it cuts, escapes or prints has no secret of this host in it. */
  guard<T>(work: () => T): T;
  /** Why outputs could not be written; undefined where all could. */
  unwritten(): unknown;
}

/**
 * A host of which whatever it says is inert text without secrets, in the words of the host. The runners mask too, but
 * not each of them, and not each encoding.
 */
export function guarded(host: Host): GuardedHost {
  const secrets = createSecrets();
  const registered = new Set<string>();
  let unwritten: unknown;
  const say = (text: string) => secrets.mask(text).replace(INPUT_NAMES, (name) => host.inputName(name));
  return {
    name: host.name,
    network: {
      ...host.network,
      proxyFor(url) {
        const proxy = host.network.proxyFor(url);
        for (const password of passwordsIn(proxy)) secrets.add(password);
        return proxy;
      },
    },
    context: () => host.context(),
    input: (name) => host.input(name),
    inputName: (name) => host.inputName(name),
    say,
    guard: (work) => withSecrets(secrets, work),
    secret(value) {
      // What was pasted with something around it is refused later; its parts are hidden all the same.
      for (const part of value.split(/\s+/u)) {
        if (!couldBeToken(part) || registered.has(part)) continue;
        registered.add(part);
        secrets.add(part);
        for (const form of new Set(encodings(part))) host.secret(form);
      }
    },
    output(name, value) {
      // The work goes on: what was begun is brought to its end, and this is said then.
      try {
        host.output(name, secrets.mask(value));
      } catch (error) {
        unwritten ??= error;
      }
    },
    unwritten: () => unwritten,
    info: (message) => host.info(inert(say(message))),
    notice: (message) => host.notice(inert(say(message))),
    warning: (message) => host.warning(inert(say(message))),
    error: (message) => host.error(inert(say(message))),
    fail: (message) => host.fail(inert(say(message))),
    summary(text) {
      try {
        host.summary(say(text));
      } catch (error) {
        host.warning(inert(say(error instanceof Failure ? explain(error) : messageOf(error))));
      }
    },
  };
}

/** What a command runs in. */
export interface Runtime {
  clock: Clock;
  /** Aborts when the runner asks to stop; its reason is a {@link Failure}. */
  cancelled: AbortSignal;
  /** Milliseconds that what must be brought to its end has from then on; a few seconds where it is not given. */
  grace?: number | undefined;
}

/**
 * How a runner asks to stop: GitHub's and Azure's send SIGINT, 7.5 s later SIGTERM (on Windows Ctrl+Break), and kill
 * 2.5 s after that (ProcessInvoker.cs of both). Others begin with SIGTERM.
 */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/**
 * Runs a command to its end; an error becomes the step's failure. Never rejects.
 *
 * @param grace see {@link Runtime}
 */
export async function run(
  raw: Host,
  command: (host: GuardedHost, runtime: Runtime) => Promise<void>,
  grace?: number,
): Promise<void> {
  const host = guarded(raw);
  const cancelling = new AbortController();
  const cancel = (signal: string) => cancelling.abort(new Failure(`The run was cancelled (${signal}).`));
  for (const signal of STOPPING) process.on(signal, cancel);
  // Whoever reads the log may stop reading it: the work is done all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await command(host, { clock: systemClock, cancelled: cancelling.signal, grace });
  } catch (error) {
    host.fail(explain(error));
  } finally {
    for (const signal of STOPPING) process.off(signal, cancel);
  }
  const unwritten = host.unwritten();
  if (unwritten) host.fail(explain(unwritten));
}

/** The password of a proxy, by itself and as HTTP's Basic scheme has it: decoded, with its user. */
function passwordsIn(proxy: string | undefined): string[] {
  const given = /^[^/]*\/\/([^:@]*):(.*)@/u.exec(proxy ?? '')?.slice(1);
  if (!given) return [];
  const decoded = given.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return [given, decoded].flatMap(([user, password = '']) => [`${user}:${password}`, password]);
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
