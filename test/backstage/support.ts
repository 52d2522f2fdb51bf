import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startAzureDevOps } from '../../src/sandbox/azure-server.ts';
import { startBackstage } from '../../src/sandbox/backstage.ts';
import type { HostedRepository } from '../../src/sandbox/state.ts';
import type { RunOptions } from '../scenarios/support/runners.ts';
import { createWorld, type World } from '../scenarios/support/world.ts';
import { type GitHubServer, startGitHub } from './github-server.ts';

/** A real Backstage, with an Azure DevOps and a GitHub at the root of their addresses, as its real readers need them. */
export interface Company extends World {
  backstageUrl: string;
  /** The catalog's own PAT. */
  serverPat: string;
  gitHubServer: GitHubServer;
  /** Repositories by their names, which are new ones of the project `shop`. */
  addRepository(name: string, files?: Record<string, string>): HostedRepository;
  /** A run that registers one of them. */
  step(name: string, inputs?: Record<string, string>): RunOptions;
  /** Asks Backstage directly. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  restart(): Promise<void>;
  /** Waits until Backstage has made a component. */
  made(name: string): Promise<void>;
  /** Has the file of a repository, or one by its URL, discovered. */
  discover(nameOrUrl: string): void;
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

const TOKEN = 'Qk7xV2mZ9tR4wL6pH8sN3dF5cJ1';
export const READER_TOKEN = `${TOKEN}-reader`;

export async function createCompany(server: 'current' | 'old'): Promise<Company> {
  const world = await createWorld();
  const serverPat = 'v4pat6fgj3lcy7maqs5hzxkv2wrt4psnbdfgj3lcy6maqhz5xkvw';
  world.state.pats.set(serverPat, 'valid');
  const azure = await startAzureDevOps(world.state);
  const azureHost = new URL(azure.url).host;
  const gitHubServer = await startGitHub();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'backstage-'));
  const discovered = path.join(folder, 'discovered');
  const launch = (port?: number) =>
    startBackstage({
      folder: path.join(__dirname, 'servers', server),
      token: TOKEN,
      azureHost,
      pat: serverPat,
      environment: {
        BACKSTAGE_DISCOVERED: discovered,
        GITHUB_HOST: new URL(gitHubServer.url).host,
        GITHUB_TOKEN: gitHubServer.token,
      },
      ...(port === undefined ? {} : { port }),
    });
  let running = await launch();
  const { url: backstageUrl } = running;
  const { close } = world;
  const ask = async (method: string, address: string, body?: unknown) => {
    const response = await fetch(`${backstageUrl}/api/catalog${address}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  return Object.assign(world, {
    token: TOKEN,
    azureDevOpsUrl: azure.url,
    backstageUrl,
    serverPat,
    gitHubServer,
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
        'azure-devops-url': azure.url,
        repository: `acme/shop/${name}`,
        'wait-timeout': '30',
        ...inputs,
      },
    }),
    ask,
    async made(name: string) {
      const path = `/entities/by-name/component/default/${name}`;
      while ((await ask('GET', path)).status !== 200)
        await new Promise((resolve) => setTimeout(resolve, 200));
    },
    async restart() {
      await running.stop();
      running = await launch(Number(new URL(backstageUrl).port));
    },
    discover(nameOrUrl: string) {
      const url = URL.canParse(nameOrUrl)
        ? nameOrUrl
        : `${azure.url}/acme/shop/_git/${nameOrUrl}?path=${FILE}`;
      appendFileSync(discovered, `${url}\n`);
    },
    async close() {
      await running.stop();
      rmSync(folder, { recursive: true });
      azure.close();
      gitHubServer.close();
      await close();
    },
  });
}
