import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BackstageClient } from '../src/catalogs/backstage/client.ts';
import { BackstageError } from '../src/catalogs/backstage/errors.ts';
import { factsOf } from '../src/catalogs/backstage/integration.ts';
import { read } from '../src/catalogs/backstage/reading.ts';
import type { Refusal } from '../src/catalogs/backstage/refusal.ts';
import { targetOf } from '../src/catalogs/backstage/target.ts';
import type { Inputs } from '../src/inputs/parse.ts';
import type { Repository } from '../src/repository.ts';

/** Words of a real Backstage, by the host of the file and by what that did: see `about` in the file. */
const { about: _, ...recorded }: Record<string, string> = JSON.parse(
  readFileSync(path.join(__dirname, 'backstage/refusals.json'), 'utf8'),
);

/** What each deed of a host proves. Whatever is not here proves nothing: it is `unclear`. */
const PROVES: Record<string, Refusal> = {
  // The host refused the token for this repository; 203 is the sign-in page of Azure DevOps.
  dead: 'denied',
  'dead-noreason': 'denied',
  'azure/dead203': 'denied',
  long: 'denied',
  // The file is not there, or the token may not see it.
  e404: 'missing',
  gone: 'missing',
  // An entity of the file is named, so that the file was read and parsed.
  noowner: 'invalid',
  badname: 'invalid',
  notkind: 'invalid',
  user: 'invalid',
  placeholder: 'invalid',
  // The same, of what the catalog itself accepts.
  dup: 'duplicate',
  lists: 'duplicate',
  nohost: 'unconfigured',
};
const STATUS = {
  denied: 'tainted',
  invalid: 'valid',
  duplicate: 'valid',
  missing: 'unknown',
  unconfigured: 'unknown',
  unclear: 'unknown',
};

const HOSTS: Record<string, Omit<Repository, 'name'>> = {
  azure: {
    provider: 'azure-devops',
    organization: 'acme',
    project: 'Payments',
    host: 'https://dev.azure.com',
  },
  github: { provider: 'github', organization: 'acme', host: 'https://github.com' },
  gitlab: { provider: 'gitlab', organization: 'acme', host: 'https://gitlab.com' },
};
const LONG = { project: '決済プロジェクト管理部門'.repeat(3), name: `long-${'台帳'.repeat(10)}` };

function repositoryOf(key: string): Repository {
  const [host = '', deed = ''] = key.split('/');
  const base = HOSTS[host] ?? HOSTS.github;
  if (key === 'azure/long') return { ...base, ...LONG } as Repository;
  return { ...base, name: HOSTS[host] ? deed : 'ok' } as Repository;
}

/** What becomes of a refusal of the dry run. */
async function judged(body: string, repository: Repository) {
  const response = { status: 400, headers: {}, text: body };
  const preview = async () => {
    throw new BackstageError({ method: 'POST', reads: true }, '/catalog/locations', response);
  };
  const target = targetOf(repository, '/catalog-info.yaml');
  const reading = await read({ preview } as unknown as BackstageClient, target);
  const { status, inUse, advice } = factsOf({ inputs: {} as Inputs }, repository, reading);
  return { kind: reading.kind, status, inUse, says: `${advice?.problem} ${advice?.cure}` };
}

/** In the one shape of Backstage's errors. */
const asBackstage = (message: string) =>
  JSON.stringify({ error: { name: 'InputError', message }, response: { statusCode: 400 } });

test.each(Object.entries(recorded))('%s', async (key, says) => {
  const kind = PROVES[key] ?? PROVES[key.split('/')[1] ?? key] ?? 'unclear';
  const found = await judged(asBackstage(says), repositoryOf(key));
  expect(found).toMatchObject({ kind, status: STATUS[kind], inUse: STATUS[kind] === 'valid' });
  if (found.inUse) return;
  // The answer is quoted, and nobody is told to correct a file that may be right.
  expect(found.says).toContain(says.slice(0, 100).trim());
  expect(found.says).not.toMatch(/(?:^|\. )Correct the file/u);
  expect(found.says.includes('This is a rate limit')).toBe(/rate limit|429/u.test(says));
});

const onGitHub = { ...HOSTS.github, name: 'shop' } as Repository;
const onAzure = { ...HOSTS.azure, name: 'shop' } as Repository;
const refusedOnGitHub = (url: string) =>
  `Error: Unable to read url, Request failed for ${url}, 401 Unauthorized`;
const refusedOnAzure = (url: string) =>
  `Error: Unable to read url, ${url} could not be read as https://dev.azure.com/x, 401 Unauthorized`;

test.each<[string, string, Repository, Refusal]>([
  // By an old Backstage, which says the kind of error twice.
  [
    'a refusal, as of 2025',
    'Error: Unable to read url, Error: Request failed for https://api.github.com/repos/acme/shop/contents/catalog-info.yaml?ref=main, 401 Unauthorized',
    onGitHub,
    'denied',
  ],
  [
    'a missing file, as of 2025',
    'NotFoundError: Unable to read url, NotFoundError: https://dev.azure.com/acme/Payments/_git/shop?path=/catalog-info.yaml could not be read as https://dev.azure.com/acme/Payments/_apis/git/x, 404 Not Found',
    onAzure,
    'missing',
  ],
  [
    'a refusal of the same repository, whatever branch or file',
    refusedOnGitHub('https://api.github.com/repos/Acme/Shop/contents/1.0/catalog-info.yaml?ref=release'),
    onGitHub,
    'denied',
  ],
  [
    "a refusal of another owner's repository",
    refusedOnGitHub('https://api.github.com/repos/other/shop/contents/catalog-info.yaml?ref=main'),
    onGitHub,
    'unclear',
  ],
  [
    'a refusal of another repository',
    refusedOnGitHub('https://api.github.com/repos/acme/shop2/contents/catalog-info.yaml?ref=main'),
    onGitHub,
    'unclear',
  ],
  [
    'a refusal on another host',
    refusedOnGitHub('https://git.example.com/api/v3/repos/acme/shop/contents/catalog-info.yaml?ref=main'),
    onGitHub,
    'unclear',
  ],
  [
    'a refusal of another organization',
    refusedOnAzure('https://dev.azure.com/other/Payments/_git/shop?path=/catalog-info.yaml'),
    onAzure,
    'unclear',
  ],
  [
    'a refusal by the old name of the organization',
    refusedOnAzure('https://acme.visualstudio.com/Payments/_git/shop?path=%2Fcatalog-info.yaml'),
    onAzure,
    'denied',
  ],
  ['a refusal without a file', 'Error: Unable to read url, 401 Unauthorized', onGitHub, 'unclear'],
  [
    'a file that is missing beside ours',
    'NotFoundError: Unable to read url, no matching files found for https://github.com/acme/shop/tree/main/a.yaml',
    onGitHub,
    'unclear',
  ],
  [
    'a page of a host that is an object',
    'InputError: Entity envelope failed validation before processing; caused by TypeError: <root> must have required property',
    onGitHub,
    'unclear',
  ],
  [
    'a processor that fails before the file is read',
    'InputError: Processor OwnProcessor threw an error while preprocessing; caused by Error: 401 Unauthorized',
    onGitHub,
    'unclear',
  ],
  [
    'a location that the policy of the catalog refuses',
    'InputError: Policy check failed for location:default/generated-0b1912fa78b5b2eac5c1162b888af818dd4b6167; caused by Error: no',
    onGitHub,
    'unclear',
  ],
  [
    'a kind that is not allowed in the file of another repository',
    'NotAllowedError: Entity user:default/u at url:https://github.com/o/x/blob/main/c.yaml, originated at url:https://github.com/o/x/blob/main/c.yaml, is not of an allowed kind for that location',
    onGitHub,
    'unclear',
  ],
  [
    'an owner that is no reference',
    'InputError: Processor BuiltinKindsEntityProcessor threw an error while postprocessing; caused by TypeError: Entity reference "a/b/c" was not on the form [<kind>:][<namespace>/]<name>',
    onGitHub,
    'invalid',
  ],
  [
    'an entity that is named like a refusal',
    'InputError: Policy check failed for component:default/, 401 Unauthorized; caused by Error: "metadata.name" is not valid',
    onGitHub,
    'invalid',
  ],
  [
    'a file that quotes a refusal',
    `Error: YAML error at url:https://github.com/acme/shop/tree/main/catalog-info.yaml, YAMLParseError: at line 1:\n\n${refusedOnGitHub('https://api.github.com/repos/acme/shop/contents/catalog-info.yaml?ref=main')}`,
    onGitHub,
    'unclear',
  ],
])('%s', async (_name, says, repository, kind) =>
  expect((await judged(asBackstage(says), repository)).kind).toBe(kind),
);

test.each([
  ['a page of a proxy', '<html><head><title>400 Bad Request</title></head></html>'],
  ['an answer of a gateway', '{"message":"Bad Request"}'],
  [
    'words of Backstage in a shape that is not its own',
    JSON.stringify({ message: 'InputError: Policy check failed for component:default/x; caused by Error' }),
  ],
  ['nothing', ''],
])('%s', async (_name, body) => {
  const found = await judged(body, onGitHub);
  expect(found).toMatchObject({ kind: 'unclear', status: 'unknown', inUse: false });
  expect(found.says).toContain('status 400');
});
