import { array, nullish, object, optional, safeParse, string } from 'valibot';
import { Failure } from '../errors.ts';
import type { HttpResponse } from '../http/http.ts';
import { parseJson } from '../http/json.ts';
import { isVersionRefused, TOO_OLD } from '../scm/api-version.ts';
import { isSignIn, serviceMessage } from '../scm/service-answer.ts';
import { oneLine } from '../text.ts';

/** A request about a work item. */
export interface WorkItemRequest {
  /** For people, e.g. `open a work item`. */
  what: string;
  method: string;
  url: URL;
  /** It only reads. */
  reads: boolean;
  /** The type of the work item. */
  type: string;
}

/** Azure DevOps refused a request. */
export class WorkItemRefused extends Failure {
  override readonly name = 'WorkItemRefused';
  readonly status: number;
  /** Somebody else changed it meanwhile. */
  readonly conflict: boolean;
  readonly maybeProcessed: boolean;

  constructor({ what, method, url, reads, type }: WorkItemRequest, response: HttpResponse) {
    const { status } = response;
    const says = serviceMessage(response);
    const fields = ruledFields(response.text, says);
    const trace = [response.headers['x-vss-e2eid'] ?? response.headers.activityid].flat()[0];
    super(
      `Azure DevOps did not let the step ${what}: ${method} ${url.pathname}, status ${status}${trace ? `, activity ${oneLine(trace, 80)}` : ''}. ${oneLine(says)}`.trim(),
      fields.length > 0 ? ruleCure(fields, type) : cureOf(response, says, type),
    );
    this.status = status;
    this.conflict = status === 409 || status === 412 || /TF26071|VS403351|\/rev\b/u.test(says);
    this.maybeProcessed = !reads && status >= 500;
  }
}

/** Azure DevOps answered a request, but not with what it is for. */
export class WorkItemUnreadable extends Failure {
  override readonly name = 'WorkItemUnreadable';
  /** What was to be written may well be there. */
  readonly maybeProcessed: boolean;

  constructor({ method, url, reads }: WorkItemRequest, came: string) {
    super(
      `Azure DevOps answered ${method} ${url.pathname} with status 200, but not as its API does: ${came}.`,
      CHECK_ADDRESS,
    );
    this.maybeProcessed = !reads;
  }
}

const CHECK_ADDRESS = 'Check the address of the server, and whether a proxy answers in its place.';

/** The body of a `RuleValidationException`. */
const RuleErrors = object({
  customProperties: object({
    RuleValidationErrors: array(
      object({ fieldReferenceName: nullish(string()), errorMessage: optional(string(), '') }),
    ),
  }),
});

/** The fields whose rules refuse a work item, e.g. `Severity (Microsoft.VSTS.Common.Severity)`. */
function ruledFields(text: string, says: string): string[] {
  const { success, output } = safeParse(RuleErrors, parseJson(text));
  const errors = success
    ? output.customProperties.RuleValidationErrors
    : [{ fieldReferenceName: undefined, errorMessage: says }];
  const names = errors.flatMap(({ fieldReferenceName: reference, errorMessage }) => {
    const name = /Rule Error for field (.+?)[.:](?:\s|$)/u.exec(errorMessage)?.[1] ?? reference;
    if (!name) return [];
    return oneLine(reference && reference !== name ? `${name} (${reference})` : name, 160);
  });
  return names.slice(0, 10);
}

function ruleCure(fields: string[], type: string): string {
  return `The work item type "${type}" has a rule for the field ${fields.join(', ')} that the step cannot follow. Give the field a default value in the process, relax the rule, or set work-item-type to a type without it.`;
}

function cureOf(response: HttpResponse, says: string, type: string): string {
  const { status } = response;
  if (isVersionRefused(response)) return TOO_OLD;
  if (/TF401289|tag definition/iu.test(says))
    return 'Let the build service of the project "Create tag definition" (Project settings, Permissions): the ticket is found by a tag.';
  if (status === 404) return `Check that the project has the work item type "${type}" (work-item-type).`;
  if (status === 400) return 'Check work-item-type (one without other required fields) and ticket-labels.';
  if (isSignIn(response))
    return "The token is not valid here, or lacks the right: a PAT needs Work Items: Read & write; the job's own is of its project.";
  if (status < 400) return CHECK_ADDRESS;
  if (status === 429) return 'Azure DevOps throttles. Run the step again later.';
  if (status >= 500) return 'Azure DevOps is not well. Run the step again.';
  return 'Let "<Project> Build Service (<organization>)" view and "Edit work items in this node" (Project settings, Boards, Areas, Security); where the job authorization scope is not limited to the project, it is "Project Collection Build Service (<organization>)".';
}
