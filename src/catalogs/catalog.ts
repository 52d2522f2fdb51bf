import type { Clock } from '../clock.ts';
import type { Day } from '../dates.ts';
import type { Http } from '../http/http.ts';
import type { Inputs } from '../inputs/parse.ts';
import type { Operation } from '../inputs/table.ts';
import type { Owner, Repository } from '../repository.ts';
import type { AzureDevOps, AzureDevOpsSecret } from '../scm/azure-devops.ts';

/** The four things that connect a repository to a catalog. */
export type Thing = 'integration' | 'credential' | 'service' | 'mapping';

/**
 * How a credential is: `tainted` is one that the host refused, `unauthorized` one that the catalog does not use,
 * `unknown` one of which nothing was proven.
 */
export type CredentialStatus = 'valid' | 'expired' | 'tainted' | 'missing' | 'unauthorized' | 'unknown';

/** What a catalog knows of the credential with which it reads an organization. */
export interface CredentialFacts {
  status: CredentialStatus;
  /** What is wrong or not known, and the cure; undefined when all is well. */
  advice: { problem: string; cure: string } | undefined;
  /** What it is called, as the beginning of a sentence. */
  subject: string;
  integration: {
    name: string;
    /** Where people see it. */
    page: string;
  };
  /** Whether the catalog was seen reading a repository with it just now. */
  inUse: boolean;
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
  /** Whether it was made from the PAT that is given now; undefined when none is, or nobody knows. */
  fromPat: boolean | undefined;
  /** How the PAT that is given gets into the catalog, as the end of "to store it, …". */
  store: string;
  /** How it is renewed, step by step. */
  renewal: string[];
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
  /** A file that people are to have, for the log and the summary. */
  document(title: string, text: string): void;
  /** Something that only a person can do before the run can go on: what, in words, with links and values. */
  todo(step: string): void;
  resource(id: string, name: string): void;
  /** What is being done, should it never end. */
  waiting(what: string): void;
  /** What goes on, for the log. */
  info(message: string): void;
  /** Something is not well, with what to do about it. */
  warning(message: string): void;
}

/** What a catalog is reached and told apart with. */
export interface Surroundings {
  inputs: Inputs;
  http: Http;
  azureDevOps: AzureDevOps;
  /** What repositories of the organization may be read with: the PAT that is given, else the token of the pipeline's job. */
  readSecret: AzureDevOpsSecret | undefined;
  clock: Clock;
  /** The same time, for what must be brought to its end: its sleeps end some time after the run was to. */
  steadyClock: Clock;
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
   * @param owner the organization; one of its repositories, where a catalog can only try that
   * @throws {Failure} when there is no such integration, or more than one may be meant
   */
  inspect(owner: Owner, progress: Progress): Promise<CredentialFacts>;
}
