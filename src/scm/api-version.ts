import type { HttpResponse } from '../http/http.ts';

/**
 * The version of the REST API that every call is made with: the newest of Azure DevOps Server 2019, answered by all that
 * came later ("REST API versioning").
 */
export const API_VERSION = '5.0';

/** For what was a preview in that version, and is refused without the suffix (`VssInvalidPreviewVersionException`). */
export const PREVIEW_VERSION = '5.0-preview.1';

/** The version in which a repository is said to be disabled; Azure DevOps Server 2019 and 2020 do not have it. */
export const REPOSITORY_VERSION = '7.0';

export const TOO_OLD = `The step needs version ${API_VERSION} of the REST API: Azure DevOps Server 2019 or newer.`;

/** Whether a Server refuses the version of a request, and not the request. */
export function isVersionRefused({ status, text }: HttpResponse): boolean {
  return (
    status >= 400 && /VssVersionOutOfRange|The requested REST API version of \S+ is out of range/u.test(text)
  );
}
