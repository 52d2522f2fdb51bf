import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../src/clock.ts';
import { createHttp, type Http } from '../src/http/http.ts';

/** A clock whose sleepers are woken by hand. */
function manualClock() {
  let now = 0;
  const sleepers: { milliseconds: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds) => new Promise((wake) => sleepers.push({ milliseconds, wake })),
    after: () => () => {},
  };
  return {
    clock,
    sleepers,
    wakeAll() {
      now += Math.max(...sleepers.map(({ milliseconds }) => milliseconds));
      for (const { wake } of sleepers.splice(0)) wake();
    },
  };
}

let server: http.Server;
let client: Http;
let asked: string[];
const time = manualClock();
const ending = new AbortController();

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<(path: string) => URL> {
  asked = [];
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createHttp({
    userAgent: 'test',
    network: { proxyFor: () => undefined },
    clock: time.clock,
    lifetime: ending.signal,
    log() {},
  });
  return (path) => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('what one request is told by a server that throttles, all others obey', async () => {
  const url = await serve((_, response) => {
    if (asked.length === 1) response.writeHead(429, { 'retry-after': '5' });
    response.end('{}');
  });
  const first = client.send({ method: 'GET', url: url('/a'), headers: {} });
  await until(() => time.sleepers.length === 1);
  const second = client.send({ method: 'POST', url: url('/b'), headers: {} });
  await until(() => time.sleepers.length === 2);
  expect(asked).toEqual(['/a']);
  expect(time.sleepers.map(({ milliseconds }) => milliseconds)).toEqual([5_000, 5_000]);
  time.wakeAll();
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  expect(asked.slice(1).sort()).toEqual(['/a', '/b']);
});

test('a success that asks for a pause is a success, and holds the next request back', async () => {
  const url = await serve((_, response) => {
    if (asked.length === 1) response.writeHead(200, { 'retry-after': '7' });
    response.end('{}');
  });
  expect((await client.send({ method: 'POST', url: url('/a'), headers: {} })).status).toBe(200);
  const next = client.send({ method: 'GET', url: url('/b'), headers: {} });
  await until(() => time.sleepers.length === 1);
  expect(asked).toEqual(['/a']);
  expect(time.sleepers.map(({ milliseconds }) => milliseconds)).toEqual([7_000]);
  time.wakeAll();
  expect((await next).status).toBe(200);
});

test('the end of a run ends what is under way, but not what must come to its end', async () => {
  let answer: (() => void) | undefined;
  const url = await serve((request, response) => {
    if (request.url === '/critical') answer = () => response.end('{}');
  });
  const ordinary = client.send({ method: 'GET', url: url('/ordinary'), headers: {} });
  const critical = client.send({ method: 'POST', url: url('/critical'), headers: {}, critical: true });
  await until(() => asked.length === 2);
  ending.abort(new Error('The end.'));
  await expect(ordinary).rejects.toThrow('The end.');
  answer?.();
  expect((await critical).status).toBe(200);
});
