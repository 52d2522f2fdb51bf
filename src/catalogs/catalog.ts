import type { Day } from '../dates.ts';
import type { Operation } from '../inputs/table.ts';
import type { Owner, Repository } from '../repository.ts';

/** The four things that connect a repository to a catalog. */
export type Thing = 'integration' | 'credential' | 'service' | 'mapping';

/** How a credential is: `tainted` is one that the host refused, `unauthorized` one that the catalog does not use. */
export type CredentialStatus = 'valid' | 'expired' | 'tainted' | 'missing' | 'unauthorized';

/** What a catalog knows of the credential with which it reads an organization. */
export interface CredentialFacts {
  status: CredentialStatus;
  /** What is wrong, and the cure; undefined when all is well. */
  advice: { problem: string; cure: string } | undefined;
  integration: { name: string /** Where people see it. */; page: string };
  /** Tells this integration from every other one of every catalog. */
  key: string;
  owner: Owner;
  /** Tells this credential from the one that replaces it; '' when there is none. */
  credential: string;
  /** The day on which the catalog stored it, and the one on which it ends, where the catalog says so. */
  storedOn: Day | undefined;
  expiresOn: Day | undefined;
  /** The day on which it ends as an earlier run recorded it. */
  recorded: Day | undefined;
  /** Whether it was made from the PAT that is given now; undefined when nobody knows. */
  fromPat: boolean | undefined;
}

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
  credential(facts: CredentialFacts): void;
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
  /**
   * Reads, and never writes, the integration of an organization and its credential.
   *
   * @throws {Failure} when there is no such integration, or more than one may be meant
   */
  inspect(owner: Owner, progress: Progress): Promise<CredentialFacts>;
}
