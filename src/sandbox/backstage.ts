import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';

/** A real Backstage on loopback, with its memory only. */
export interface BackstageServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts the Backstage that is installed in a folder of test/backstage/servers.
 *
 * @param options.azureHost e.g. `127.0.0.1:7190`, which it reads with the PAT
 * @param options.port a free one is taken where none is given
 * @throws {Error} with what it said, when it does not start
 */
export async function startBackstage(options: {
  folder: string;
  token: string;
  azureHost: string;
  pat: string;
  port?: number;
  environment?: Record<string, string>;
}): Promise<BackstageServer> {
  const port = options.port ?? (await freePort());
  const servers = path.dirname(options.folder);
  const child = spawn(
    process.execPath,
    [
      '--no-node-snapshot',
      path.join(servers, 'server.cjs'),
      '--config',
      path.join(servers, 'app-config.yaml'),
    ],
    {
      cwd: options.folder,
      env: {
        PATH: process.env.PATH,
        BACKSTAGE_PORT: String(port),
        BACKSTAGE_TOKEN: options.token,
        AZURE_DEVOPS_HOST: options.azureHost,
        AZURE_DEVOPS_PAT: options.pat,
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-5_000);
        if (text.includes('READY')) resolve();
      });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Backstage ended with ${code}:\n${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit').on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
