import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { fail, succeed } from './support/check.ts';
import { HOSTS } from './support/runners.ts';
import { createWorld, type World } from './support/world.ts';

/** A catalog that is reached by https alone, with a certificate of a private CA, through a proxy that asks for a password. */

const CATALOG = 'konnect.catalog.test';
const CERTIFICATE = path.join(__dirname, 'fixtures/certificate.pem');
const AUTHORIZATION = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;

let world: World;
let front: https.Server;
let proxy: http.Server;
let tunnels: { target: string; authorization: string | undefined }[];

beforeEach(async () => {
  world = await createWorld();
  tunnels = [];
  const tls = {
    key: readFileSync(path.join(__dirname, 'fixtures/key.pem')),
    cert: readFileSync(CERTIFICATE),
  };
  front = https.createServer(tls, (request, response) => {
    const { method, url, headers } = request;
    request.pipe(
      http.request(`${world.url}${url}`, { method: method ?? 'GET', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  await listen(front);
  proxy = http.createServer((_, response) => response.writeHead(500).end());
  proxy.on('connect', ({ url, headers }, socket) => {
    tunnels.push({ target: url ?? '', authorization: headers['proxy-authorization'] });
    if (headers['proxy-authorization'] !== AUTHORIZATION)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const upstream = net.connect((front.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [upstream, socket]) end.on('error', () => end.destroy());
  });
  await listen(proxy);
});
afterEach(async () => {
  front.closeAllConnections();
  front.close();
  proxy.closeAllConnections();
  proxy.close();
  await world.close();
});

function listen(server: http.Server | https.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

const inputs = { 'catalog-url': `https://${CATALOG}`, command: 'plan' };
const address = () => `127.0.0.1:${(proxy.address() as AddressInfo).port}`;

describe.each(HOSTS)('on %s', (host) => {
  test('the proxy of the environment is used, and loopback is not sent there', async () => {
    const environment = {
      HTTPS_PROXY: `user:p%40ss@${address()}`,
      HTTP_PROXY: 'http://127.0.0.1:9',
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
    };
    await succeed(host, world, { inputs, environment });
    expect(new Set(tunnels.map(({ target }) => target))).toEqual(new Set([`${CATALOG}:443`]));
    expect(world.exchanges.some(({ path: asked }) => asked.startsWith('/azure-devops/'))).toBe(true);
  });

  test('a CA that is not trusted is told, with the cure', async () => {
    const { error } = await fail(host, world, {
      inputs,
      environment: { https_proxy: `http://user:p%40ss@${address()}` },
    });
    expect(error).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(error).toContain('Set NODE_EXTRA_CA_CERTS');
  });

  test('a proxy that refuses is told, without its password', async () => {
    const environment = {
      HTTPS_PROXY: `http://user:wrong-password@${address()}`,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
    };
    const { error, everything } = await fail(host, world, { inputs, environment });
    expect(error).toMatch(
      /the proxy 127\.0\.0\.1:\d+ refused to connect to konnect\.catalog\.test:443: status 407/u,
    );
    expect(everything).not.toContain('wrong-password');
  });
});

test('a proxy that hangs up is asked a few times, not for ever', async () => {
  proxy.removeAllListeners('connect');
  proxy.on('connect', ({ url, headers }, socket) => {
    tunnels.push({ target: url ?? '', authorization: headers['proxy-authorization'] });
    socket.destroy();
  });
  const { error } = await fail('github', world, {
    inputs,
    environment: { HTTPS_PROXY: `http://${address()}` },
  });
  expect(error).toContain('could not be used: socket hang up');
  expect(tunnels.length).toBeLessThanOrEqual(15);
});

test("on azure, the agent's own proxy and CA file are used", async () => {
  const environment = {
    AGENT_PROXYURL: `http://${address()}`,
    AGENT_PROXYUSERNAME: 'user',
    SECRET_AGENT_PROXYPASSWORD: 'p@ss',
    AGENT_PROXYBYPASSLIST: '[]',
    AGENT_CAINFO: CERTIFICATE,
  };
  await succeed('azure', world, { inputs, environment });
  expect(tunnels.length).toBeGreaterThan(0);
});
