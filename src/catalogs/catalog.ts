import type { Operation } from '../inputs/table.ts';
import type { Repository } from '../repository.ts';

/** The four things that connect a repository to a catalog. */
export type Thing = 'integration' | 'credential' | 'service' | 'mapping';

export type CredentialStatus = 'valid' | 'expired' | 'tainted' | 'missing' | 'unauthorized';

/** What became of one thing. */
export interface Outcome {
  thing: Thing;
  operation: Operation;
  /** How people call it. */
  name: string;
  /** '' when it does not exist (yet). */
  id: string;
  /** Which fields differed, or another reason for the operation. */
  reasons: string[];
}

/** Told of everything as soon as it is known, so that a later failure leaves what was done. */
export interface Progress {
  outcome(outcome: Outcome): void;
  credentialStatus(status: CredentialStatus): void;
  serviceName(name: string): void;
  resource(id: string, name: string): void;
  /** What is being done, should it never end. */
  waiting(what: string): void;
  /** What goes on, for the log. */
  info(message: string): void;
  /** Something is not well, with what to do about it. */
  warning(message: string): void;
}

/** A software catalog that a repository can be connected to. */
export interface Catalog {
  /** For people, e.g. `Konnect Catalog at https://us.api.konghq.com`. */
  readonly title: string;
  /**
   * Ensures integration, credential, service and mapping of one repository, in this order.
   *
   * @throws {Failure}
   */
  connect(repository: Repository, progress: Progress): Promise<void>;
}
