import { array, looseObject, number, object, safeParse, string } from 'valibot';
import type { Http, HttpRequest } from '../http/http.ts';
import { parseJson } from '../http/json.ts';
import { NoAnswer } from '../http/no-answer.ts';
import { type Repository, sameHost } from '../repository.ts';
import { PREVIEW_VERSION } from './api-version.ts';
import { azureDevOpsHeaders } from './azure-devops.ts';
import { serviceMessage } from './service-answer.ts';

/** Whether Code Search finds a file: `missing` where the organization has no Code Search, `unknown` where a PAT cannot tell. */
export type CodeSearch = 'found' | 'not found' | 'missing' | 'unknown';

const Results = object({
  count: number(),
  results: array(looseObject({ path: string(), repository: object({ name: string() }) })),
});

/**
 * Asks Code Search for the catalog file of a repository, as Backstage's discovery asks ("Code Search Results - Fetch";
 * catalog-backend-module-azure, lib/azure.ts).
 */
export async function searchCode(
  http: Http,
  { host, organization, project, name }: Repository,
  file: string,
  pat: string,
): Promise<CodeSearch> {
  const base = sameHost(host, 'https://dev.azure.com') ? 'https://almsearch.dev.azure.com' : host;
  const request: HttpRequest = {
    method: 'POST',
    url: new URL(
      `${base}/${encodeURIComponent(organization)}/_apis/search/codesearchresults?api-version=${PREVIEW_VERSION}`,
    ),
    headers: azureDevOpsHeaders({ pat }),
    body: {
      searchText: `path:${file} repo:${quoted(name)} proj:${quoted(project ?? name)}`,
      $orderBy: [{ field: 'path', sortOrder: 'ASC' }],
      $skip: 0,
      $top: 1000,
    },
    reads: true,
  };
  const response = await http.send(request).catch((error) => {
    // It is a help, not a must.
    if (error instanceof NoAnswer) return undefined;
    throw error;
  });
  if (!response) return 'unknown';
  // Only Azure DevOps itself can tell: a page of another server is no proof.
  if (response.status === 404 && serviceMessage(response)) return 'missing';
  if (response.status !== 200) return 'unknown';
  const parsed = safeParse(Results, parseJson(response.text));
  if (!parsed.success) return 'unknown';
  const found = parsed.output.results.some(
    (one) => one.path === file && one.repository.name.toLowerCase() === name.toLowerCase(),
  );
  return found ? 'found' : 'not found';
}

function quoted(name: string): string {
  return /\s/u.test(name) ? `"${name}"` : name;
}
