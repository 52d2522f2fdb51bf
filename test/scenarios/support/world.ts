import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  type Exchange,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from '../../../src/sandbox/sandbox.ts';

import { type Boards, createBoards } from './boards.ts';
import { createGitHub, type GitHub } from './github.ts';
import { createRoadie, type Roadie } from './roadie.ts';

/** A company with a catalog and an Azure DevOps organization, on loopback. */
export interface World extends Sandbox {
  token: string;
  viewerToken: string;
  pat: string;
  secondPat: string;
  expiredPat: string;
  scopelessPat: string;
  jobToken: string;
  gitHubToken: string;
  github: GitHub;
  boards: Boards;
  roadie: Roadie;
  /** What is asked of the catalog: without what is asked of Azure DevOps. */
  catalogExchanges(): Exchange[];
  /** Set to false by a scenario whose catalog holds what the contract forbids. */
  lawful: boolean;
  writes(): string[];
  forgetExchanges(): void;
}

export const ORGANIZATION = 'acme';
export const SHOP = {
  organization: ORGANIZATION,
  project: 'shop',
  projectId: randomUUID(),
  name: 'Checkout API',
  id: randomUUID(),
};
/** Another repository of the same name: two projects of one organization often have that. */
export const TWIN = { ...SHOP, project: 'archive', projectId: randomUUID(), id: randomUUID() };
export const ON_GITHUB = { organization: 'acme-inc', name: 'web-shop', id: '987654321' };

export const EXCHANGES = path.join(__dirname, '../../../.cache/exchanges');

export async function createWorld(options: SandboxOptions = {}): Promise<World> {
  const github = createGitHub();
  const boards = createBoards();
  const roadie = createRoadie();
  const sandbox = await startSandbox({
    ...options,
    beside: (request) => github.answer(request) ?? boards.answer(request) ?? roadie.answer(request),
  });
  const secrets = {
    token: 'kpat_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0',
    viewerToken: 'spat_Z9y8X7w6V5u4T3s2R1q0P9o8N7m6L5k4J3i2H1g0',
    pat: 'q7hx4vzk2mwp6trs3bnd5fgj7clm4yqa2hzx6kvw3ptr5sbn7dfg',
    secondPat: 'm3kq7zvx5wrt2phs6ndb4jfg7lcy3aqm5xhz2wkv6rtp4nsb7gdf',
    expiredPat: 'x5dr2ptn7bsg4fjl6ycm3aqh5zkv2xwr7tps4ndb6gfj3lcy5maq',
    scopelessPat: 'c2yl5maq7hzk4xvw6rtp3snb5dgf2jlc7yam4qhz6kvx3wrt5psn',
    gitHubToken: 'ghs_D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1',
    jobToken: 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.c2FtcGxlLWpvYi10b2tlbg.c2lnbmF0dXJl',
  };
  const { state } = sandbox;
  state.tokens.set(secrets.token, 'admin').set(secrets.viewerToken, 'viewer');
  state.pats.set(secrets.pat, 'valid').set(secrets.secondPat, 'valid');
  state.pats.set(secrets.expiredPat, 'expired').set(secrets.scopelessPat, 'without scope');
  state.jobTokens.add(secrets.jobToken);
  github.tokens.set(secrets.gitHubToken, 'write');
  boards.secrets.set(secrets.jobToken, 'write');
  roadie.tokens.add(secrets.token);
  state.repositories['azure-devops'].push({ ...TWIN }, { ...SHOP });
  state.repositories.github.push({ ...ON_GITHUB }, { ...ON_GITHUB, name: 'web-shop-docs', id: '987654322' });
  const catalogExchanges = () => sandbox.exchanges.filter(({ path: address }) => address.startsWith('/v1/'));
  const { close } = sandbox;
  const world: World = Object.assign(sandbox, secrets, {
    github,
    boards,
    roadie,
    catalogExchanges,
    lawful: true,
    writes: () =>
      catalogExchanges()
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path: address }) => `${method} ${shape(address)}`),
    forgetExchanges() {
      keep(world);
      sandbox.exchanges.length = 0;
    },
    close() {
      keep(world);
      return close();
    },
  });
  return world;
}

/** `/v1/catalog-services/7f9f…` as `/catalog-services/:id`. */
export function shape(address: string): string {
  return (address.split('?')[0] ?? '')
    .replace(/^\/v1/u, '')
    .replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}|\/(?=[\w-]{16}(?:\/|$))[\w-]{16}(?<!\/auth-credential)/gu, (id) =>
      /^\/(?:[0-9a-f]{8}-|(?!catalog|auth|resource|integration))/u.test(id) ? '/:id' : id,
    );
}

/** For test/contract: everything that was said in all scenarios. */
function keep(world: Pick<World, 'exchanges' | 'lawful'>): void {
  if (!world.lawful) return;
  mkdirSync(EXCHANGES, { recursive: true });
  const lines = world.exchanges
    .filter(({ path: address }) => address.startsWith('/v1/'))
    .map((exchange) => `${JSON.stringify(exchange)}\n`);
  appendFileSync(path.join(EXCHANGES, `${process.pid}.jsonl`), lines.join(''));
}
