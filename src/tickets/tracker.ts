import type { Html } from './html.ts';

/** Where tickets are kept. */
export type TicketPlace = IssuesOfRepository | WorkItemsOfProject;

export interface IssuesOfRepository {
  kind: 'github-issues';
  /** The base of the REST API, e.g. `https://api.github.com`. */
  api: string;
  owner: string;
  repository: string;
  /** Loads the client. */
  octokit(): Promise<typeof import('@actions/github').getOctokit>;
}

export interface WorkItemsOfProject {
  kind: 'work-items';
  /** e.g. `https://dev.azure.com` */
  url: string;
  organization: string;
  project: string;
  /** The job's own. */
  token?: string | undefined;
}

export interface Ticket {
  id: number;
  /** The page of it. */
  url: string;
  /** Undefined where it is neither, as what is resolved, but not done; and where the place does not tell. */
  open: boolean | undefined;
  body: string;
  /** Whoever made it, where the place tells. */
  author?: string | undefined;
  /** Whether people stopped the conversation in it. */
  locked?: boolean;
  /** Its type, where there are several. */
  kind?: string;
  /** Counts its changes, where the place does. */
  revision?: number;
}

/** What is to be changed; the rest stays as it is. */
export interface Revision {
  title?: string;
  body?: Html;
  open?: boolean | undefined;
  /** Said once, however often the revision is made: it contains `mark`, and a comment with that is not made again. */
  comment?: { text: Html; mark: string };
}

/** Issues, work items or their like. Every method throws {@link Failure}. */
export interface Tracker {
  /** For people, e.g. `the issues of acme/shop`. */
  readonly title: string;
  /** What a ticket is found by, for people, e.g. `the label catalog-connect`. */
  foundBy(reference: string): string;
  /** The tickets that were created with a reference, the oldest first, open or closed. */
  find(reference: string): Promise<Ticket[]>;
  /** @param reference a word that the body contains too */
  create(reference: string, title: string, body: Html): Promise<Ticket>;
  /**
   * Makes as much of the revision as the place allows, and warns of the rest.
   *
   * @returns the ticket as it is now; undefined where nothing of it may be changed
   */
  revise(ticket: Ticket, revision: Revision): Promise<Ticket | undefined>;
}

export interface TrackerOptions {
  /** Of a new ticket. */
  assignees: string[];
  /** Of a new ticket. */
  labels: string[];
  /** Told what the place did not allow, where the ticket is there all the same. */
  warn(message: string): void;
}

/** For a ticket that is there, but without those who should have it. */
export function notAssigned(why: string): string {
  return `The ticket is there, but not assigned as ticket-assignees says: ${why}`;
}
