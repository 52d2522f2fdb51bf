import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The files of one repository of the owner `acme`. */
export interface GitHubRepository {
  /** By branch and path, as `main/catalog-info.yaml`. */
  files: Record<string, string>;
  defaultBranch: string;
  /** What it answers in the place of every file. */
  refusal?: { status: number; headers?: Record<string, string>; body?: string } | undefined;
}

/** GitHub, as far as the reader of Backstage asks it ("Get repository content" of the REST API). */
export interface GitHubServer {
  url: string;
  /** The catalog's own. */
  token: string;
  /** Whether the token works. */
  alive: boolean;
  repositories: Map<string, GitHubRepository>;
  close(): void;
}

export async function startGitHub(): Promise<GitHubServer> {
  const repositories = new Map<string, GitHubRepository>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://github.invalid');
    const answer = (status: number, body = '', headers: Record<string, string> = {}) =>
      response.writeHead(status, headers).end(body);
    const [, name = '', path = ''] =
      /^\/api\/v3\/repos\/acme\/([^/]+)\/contents\/(.+)$/iu.exec(pathname) ?? [];
    const repository = repositories.get(decodeURIComponent(name).toLowerCase());
    if (!github.alive || request.headers.authorization?.split(' ')[1] !== github.token)
      return answer(401, '{"message":"Bad credentials"}');
    if (!repository) return answer(404, '{"message":"Not Found"}');
    const { refusal, defaultBranch, files } = repository;
    if (refusal) return answer(refusal.status, refusal.body, refusal.headers);
    const ref = (searchParams.get('ref') ?? 'HEAD').replace(/^HEAD$/u, defaultBranch);
    const file = files[`${ref}/${decodeURIComponent(path)}`];
    return file === undefined ? answer(404, '{"message":"Not Found"}') : answer(200, file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const github: GitHubServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 'ghp_CatalogsOwnTokenForTests0123456789ab',
    alive: true,
    repositories,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return github;
}
