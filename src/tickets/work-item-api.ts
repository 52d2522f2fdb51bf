import type { GenericSchema, InferOutput } from 'valibot';
import { readAnswer } from '../answer.ts';
import { Failure } from '../errors.ts';
import { isConfidential } from '../http/address.ts';
import type { Http, Method } from '../http/http.ts';
import { API_VERSION } from '../scm/api-version.ts';
import { type AzureDevOpsSecret, azureDevOpsHeaders } from '../scm/azure-devops.ts';
import type { WorkItemsOfProject } from './tracker.ts';
import { WorkItemRefused, WorkItemUnreadable } from './work-item-refused.ts';

/** A request to the work items of a project. */
export interface WorkItemCall {
  /** For people, e.g. `open a work item`. */
  what: string;
  /** The type of the work item. */
  type: string;
  method: Method;
  /** Below `_apis/wit`, e.g. `workitems/42`. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** It only reads, although it is a POST. */
  reads?: boolean;
  /** The version of the API, where it is another. */
  version?: string;
}

/** @throws {Failure} */
export type WorkItemApi = <S extends GenericSchema>(schema: S, call: WorkItemCall) => Promise<InferOutput<S>>;

const PATCH = { 'content-type': 'application/json-patch+json' };

/** The base of a project's pages and of its API, e.g. `https://dev.azure.com/acme/shop`. */
export function projectAddress({ url, organization, project }: WorkItemsOfProject): string {
  return [url, ...[organization, project].map(encodeURIComponent)].join('/');
}

export function workItemApi(place: WorkItemsOfProject, http: Http, secret: AzureDevOpsSecret): WorkItemApi {
  return async (schema, call) => {
    const { what, type, method, path, query = {}, body, reads = method === 'GET' } = call;
    if (!isConfidential(place.url))
      throw new Failure(
        `The token would be sent to ${place.url} in clear, to ${what}.`,
        'Use the https URL of the server.',
      );
    const url = new URL(`${projectAddress(place)}/_apis/wit/${path}`);
    url.search = new URLSearchParams({ ...query, 'api-version': call.version ?? API_VERSION }).toString();
    const headers = { ...azureDevOpsHeaders(secret), ...(reads ? {} : PATCH) };
    const response = await http.send({ method, url, headers, body, reads });
    const request = { what, method, url, reads, type };
    if (response.status !== 200) throw new WorkItemRefused(request, response);
    const found = readAnswer(schema, response.text);
    if (!found.success) throw new WorkItemUnreadable(request, found.came);
    return found.output;
  };
}
