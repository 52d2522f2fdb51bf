import { Failure } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/http.ts';
import { serviceMessage } from '../scm/azure-devops-message.ts';
import { oneLine } from '../text.ts';

/** Azure DevOps answered, but not with what was asked for. */
export class WorkItemRefused extends Failure {
  override readonly name = 'WorkItemRefused';
  readonly status: number;
  /** Somebody else changed it meanwhile. */
  readonly conflict: boolean;
  readonly maybeProcessed: boolean;

  constructor(
    what: string,
    { method, reads }: Pick<HttpRequest, 'method' | 'reads'>,
    url: URL,
    response: HttpResponse,
    type: string,
  ) {
    const { status } = response;
    const says = oneLine(serviceMessage(response), 200);
    const trace = [response.headers['x-vss-e2eid'] ?? response.headers.activityid].flat()[0];
    super(
      `Azure DevOps did not let the step ${what}: ${method} ${url.pathname}, status ${status}${trace ? `, activity ${oneLine(trace, 80)}` : ''}. ${says}`.trim(),
      cureOf(status, says, type),
    );
    this.status = status;
    this.conflict = status === 409 || status === 412 || /TF26071|VS403351|\/rev\b/u.test(says);
    this.maybeProcessed = method !== 'GET' && !reads && (status >= 500 || status === 200);
  }
}

function cureOf(status: number, says: string, type: string): string {
  if (/TF401289|tag definition/iu.test(says))
    return 'Let the build service of the project "Create tag definition" (Project settings, Permissions): the ticket is found by a tag.';
  if (status === 200) return 'Check the address of the server, and whether a proxy answers in its place.';
  if (status === 404) return `Check that the project has the work item type "${type}" (work-item-type).`;
  if (status === 400) return 'Check work-item-type (one without other required fields) and ticket-labels.';
  if (status === 401 || status === 203 || status === 302)
    return "The token is not valid here, or lacks the right: a PAT needs Work Items: Read & write; the job's own is of its project.";
  if (status === 429) return 'Azure DevOps throttles. Run the step again later.';
  if (status >= 500) return 'Azure DevOps is not well. Run the step again.';
  return 'Let "<Project> Build Service (<organization>)" view and "Edit work items in this node" (Project settings, Boards, Areas, Security); where the job authorization scope is not limited to the project, it is "Project Collection Build Service (<organization>)".';
}
