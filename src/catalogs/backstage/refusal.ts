import { inSameRepository, sameFile } from './same-file.ts';

/**
 * What the words of a refused dry run prove:
 * - `invalid`: the file was read and parsed, and is wrong;
 * - `duplicate`: it was read and parsed, and only the dry run refuses it;
 * - `denied`: the host refused the catalog's own token for the repository of this file;
 * - `missing`: the catalog found no such file, because there is none or because its token may not see it;
 * - `unconfigured`: it does not read this host;
 * - `unclear`: nothing of file and token.
 */
export type Refusal = 'invalid' | 'duplicate' | 'denied' | 'missing' | 'unconfigured' | 'unclear';

export interface Explained {
  kind: Refusal;
  cure: string;
}

/**
 * What the catalog's own words say of a file. It has no codes for that, so that only what is known word by word counts
 * (plugin-catalog-backend 1.32 and 4.0: UrlReaderProcessor, DefaultCatalogProcessingOrchestrator, DefaultLocationService;
 * backend-defaults 0.8 and 0.18: the UrlReaders). They are looked at from their beginning alone: what follows may quote
 * the file, or an answer of the host.
 *
 * @param says uncut
 * @param target the URL of our file
 */
export function explain(says: string, target: string): Explained {
  if (says.startsWith('Duplicate nested entity: '))
    return { kind: 'duplicate', cure: 'List each entity once.' };
  if (isParsed(says, target)) return { kind: 'invalid', cure: 'Correct the file.' };
  if (/^InputError: Processor PlaceholderProcessor threw an error while preprocessing/u.test(says))
    return { kind: 'invalid', cure: 'Correct the file: it refers to another file that cannot be read.' };
  const answer = answerIn(says);
  if (answer) return explainAnswer(answer, target);
  if (/^Error: Unable to read url, (?:Error: )?Reading from '.+' is not allowed\./u.test(says))
    return {
      kind: 'unconfigured',
      cure: "Add the host to the catalog's configuration: under integrations, with a token, or in backend.reading.allow.",
    };
  return { kind: 'unclear', cure: CURES.find(([words]) => words.test(says))?.[1] ?? UNKNOWN };
}

/** Whether it is about an entity that stands in the file, and not about the location that the catalog makes of the file. */
function isParsed(says: string, target: string): boolean {
  const [, origin] =
    /^NotAllowedError: Entity .+?, originated at url:(\S+), is not of an allowed kind/u.exec(says) ?? [];
  if (origin) return sameFile(target, origin);
  // Which it runs for components and the like alone.
  if (/^InputError: Processor BuiltinKindsEntityProcessor threw an error while postprocessing/u.test(says))
    return true;
  return /^InputError: (?:Policy check failed for|No processor recognized the entity|Processor \w+ threw an error while validating the entity) (?!location:default\/generated-)/u.test(
    says,
  );
}

/** What a host answered to a reader of the catalog. */
interface HostAnswer {
  /** The file, by its page or by the API. */
  url: string;
  status: number;
  reason: string;
}

function answerIn(says: string): HostAnswer | undefined {
  const [, what] = /^(?:\w+: )?Unable to read url, (?:\w*Error: )?(.+)$/su.exec(says) ?? [];
  if (!what) return undefined;
  const missing = /^no matching files found for (\S.*)$/u.exec(what)?.[1];
  if (missing) return { url: missing, status: 404, reason: '' };
  const [, url, status, reason = ''] =
    /^(?:Request failed for |could not read )?(https?:\/\/.+?)(?: could not be read as .+?)?, (\d{3})(?!\d)([^,]*)/su.exec(
      what,
    ) ?? [];
  return url && status ? { url, status: Number(status), reason } : undefined;
}

function explainAnswer({ url, status, reason }: HostAnswer, target: string): Explained {
  const unclear = (cure: string): Explained => ({ kind: 'unclear', cure });
  if (status === 429 || /rate limit/iu.test(reason)) return unclear(RATE_LIMIT);
  if (status === 404 && sameFile(target, url))
    return {
      kind: 'missing',
      cure: "Commit the file to the default branch, or set catalog-file to where it is (entity: generate shows one to commit). If it is there, check repository, and whether the catalog's own token may see it.",
    };
  // 203 is the sign-in page of Azure DevOps.
  if (status === 401 || status === 203)
    return inSameRepository(target, url)
      ? {
          kind: 'denied',
          cure: "The host refused the catalog's own token: it has expired, was revoked, or may not read this repository. Put a new one (Code: Read) into the catalog's configuration (integrations).",
        }
      : unclear(OTHER_FILE);
  if (status === 404) return unclear(OTHER_FILE);
  if (status === 403)
    return unclear(
      "The host gives no reason. It may be a rate limit, single sign-on, a list of allowed addresses, or a permission that the catalog's own token lacks. If it stays, check that token.",
    );
  if (status === 407) return unclear("Check the proxy that the catalog's server uses.");
  return unclear(status >= 500 ? UNREACHABLE : UNKNOWN);
}

const RATE_LIMIT =
  "This is a rate limit of the host, which passes. It says nothing about the catalog's own token. Run the step again later.";
const OTHER_FILE =
  'The answer is about another file, which the catalog file or one that it lists may refer to. Check that it is there, and that the catalog may read it.';
const UNREACHABLE = 'The catalog cannot reach the host, or the host has a fault. Run the step again.';
const UNKNOWN =
  "This tells neither whether the file is right nor whether the catalog's own token works. Check both, and the catalog's log.";

/** Cures of what proves nothing, by the catalog's words. */
const CURES: [RegExp, string][] = [
  [
    /<!doctype|<html|<head|<body/iu,
    "The host answered with a page in place of the file: its sign-in page, or one of a proxy. Check the catalog's own token.",
  ],
  [
    /^Error: Expected object at root/u,
    "This may be a page in place of the file, or the file may hold no entity. Check the catalog's own token, and the file.",
  ],
  [/^Error: (?:YAML error at|Failed to parse YAML at) url:/u, 'If the file has this text, correct it.'],
  [/Unresolved alias/u, 'If the file, or one that it lists, has this alias, correct it.'],
  [
    /AuthenticationError|ChainedTokenCredential/u,
    'The catalog may have no token for the host: check its configuration (integrations).',
  ],
  [
    /GitHub application/u,
    'Check the GitHub App of the catalog: whether it is suspended, and which repositories it may read.',
  ],
  [/socket hang up|fetch failed|\bE[A-Z]{5,}\b|EAI_AGAIN/u, UNREACHABLE],
];
