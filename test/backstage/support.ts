import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { answerAzureDevOps } from '../../src/sandbox/azure-devops.ts';
import type { HostedRepository } from '../../src/sandbox/state.ts';
import type { RunOptions } from '../scenarios/support/runners.ts';
import { createWorld, type World } from '../scenarios/support/world.ts';

/** A real Backstage, and an Azure DevOps at the root of its address, as the real reader of Backstage needs it. */
export interface Company extends World {
  backstageUrl: string;
  /** The catalog's own PAT. */
  serverPat: string;
  /** Repositories by their names, which are new ones of the project `shop`. */
  addRepository(name: string, files?: Record<string, string>): HostedRepository;
  /** A run that registers one of them. */
  step(name: string, inputs?: Record<string, string>): RunOptions;
  /** Asks Backstage directly. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  restart(): Promise<void>;
  /** Has the file of a repository discovered. */
  discover(name: string): void;
}

export const FILE = '/catalog-info.yaml';

/** A file that holds one component. */
export function component(name: string, more = '', spec = ''): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations:
    dev.azure.com/project-repo: shop/${name}
${more}spec:
  type: service
  lifecycle: production
  owner: group:default/shop-team
${spec}`;
}

const TOKEN = 'backstage-static-token-0123456789abcdef';
export const READER_TOKEN = `${TOKEN}-reader`;

export async function createCompany(server: 'current' | 'old'): Promise<Company> {
  const world = await createWorld();
  const serverPat = 'v4pat6fgj3lcy7maqs5hzxkv2wrt4psnbdfgj3lcy6maqhz5xkvw';
  world.state.pats.set(serverPat, 'valid');
  const azure = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://azure.invalid');
    const { status, headers, body } = answerAzureDevOps(
      world.state,
      url.pathname,
      url.searchParams,
      request.headers,
    );
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => azure.listen(0, '127.0.0.1', resolve));
  const azureHost = `127.0.0.1:${(azure.address() as AddressInfo).port}`;
  const port = await freePort();
  const backstageUrl = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backstage-'));
  const discovered = path.join(folder, 'discovered');
  const launch = () => start(server, port, azureHost, serverPat, discovered);
  let running = await launch();
  const { close } = world;
  return Object.assign(world, {
    token: TOKEN,
    azureDevOpsUrl: `http://${azureHost}`,
    backstageUrl,
    serverPat,
    lawful: false,
    addRepository(name: string, files: Record<string, string> = { [FILE]: component(name) }) {
      const repository = {
        organization: 'acme',
        project: 'shop',
        projectId: randomUUID(),
        name,
        id: randomUUID(),
        files,
      };
      world.state.repositories['azure-devops'].push(repository);
      return repository;
    },
    step: (name: string, inputs: Record<string, string> = {}) => ({
      inputs: {
        catalog: 'backstage',
        'catalog-url': backstageUrl,
        'catalog-token': TOKEN,
        'azure-devops-pat': '',
        'azure-devops-url': `http://${azureHost}`,
        repository: `acme/shop/${name}`,
        'wait-timeout': '30',
        ...inputs,
      },
    }),
    async ask(method: string, address: string, body?: unknown) {
      const response = await fetch(`${backstageUrl}/api/catalog${address}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    async restart() {
      await stop(running);
      running = await launch();
    },
    discover(name: string) {
      appendFileSync(discovered, `http://${azureHost}/acme/shop/_git/${name}?path=${FILE}\n`);
    },
    async close() {
      await stop(running);
      rmSync(folder, { recursive: true });
      azure.closeAllConnections();
      azure.close();
      await close();
    },
  });
}

async function start(
  server: string,
  port: number,
  azureHost: string,
  pat: string,
  discovered: string,
): Promise<ChildProcess> {
  const servers = path.join(__dirname, 'servers');
  const child = spawn(
    process.execPath,
    ['--no-node-snapshot', '../server.cjs', '--config', '../app-config.yaml'],
    {
      cwd: path.join(servers, server),
      env: {
        PATH: process.env.PATH,
        BACKSTAGE_PORT: String(port),
        BACKSTAGE_TOKEN: TOKEN,
        AZURE_DEVOPS_HOST: azureHost,
        AZURE_DEVOPS_PAT: pat,
        BACKSTAGE_DISCOVERED: discovered,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('READY')) resolve();
      });
    child.on('exit', (code) => reject(new Error(`Backstage ended (${code}):\n${said.slice(-3000)}`)));
  });
  return child;
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit').on('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
