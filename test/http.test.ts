import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../src/clock.ts';
import { createHttp, type Http } from '../src/http/http.ts';

/** A clock whose sleepers are woken by hand. */
function manualClock() {
  let now = 0;
  const sleepers: { milliseconds: number; wake: () => void }[] = [];
  const timers: { milliseconds: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((wake, fail) => {
        sleepers.push({ milliseconds, wake });
        signal?.addEventListener('abort', () => fail(signal.reason));
      }),
    after(milliseconds, callback) {
      const timer = { milliseconds, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  return {
    clock,
    sleepers,
    timers,
    wakeAll() {
      now += Math.max(0, ...sleepers.map(({ milliseconds }) => milliseconds));
      for (const { wake } of sleepers.splice(0)) wake();
    },
  };
}

let server: http.Server;
let client: Http;
let asked: string[];
const time = manualClock();
let ending: AbortController;
let over: AbortController;

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<(path: string) => URL> {
  asked = [];
  server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending = new AbortController();
  over = new AbortController();
  client = createHttp({
    userAgent: 'test',
    network: { proxyFor: () => undefined },
    clock: time.clock,
    lifetime: ending.signal,
    grace: { over: over.signal, patience: () => 3_000 },
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

/** Answers what each path says; a path of words that are not here is never answered. */
const byPath = (request: IncomingMessage, response: ServerResponse) => {
  if (request.url === '/ok') response.end('{}');
  if (request.url === '/throttled') response.writeHead(429, { 'retry-after': '5' }).end('{}');
};
const send = (url: URL, critical?: 'sent' | 'last' | true) =>
  client.send({ method: 'POST', url, headers: {}, critical });

describe('the end of a run', () => {
  const theEnd = new Error('The end.');

  test('ends what is under way, but not what must come to its end', async () => {
    const answers: (() => void)[] = [];
    const url = await serve((request, response) => {
      if (request.url !== '/ordinary') answers.push(() => response.end('{}'));
    });
    const ordinary = send(url('/ordinary'));
    const critical = [send(url('/critical'), true), send(url('/sent'), 'sent')];
    await until(() => asked.length === 3);
    ending.abort(theEnd);
    await expect(ordinary).rejects.toBe(theEnd);
    for (const answer of answers) answer();
    expect((await Promise.all(critical)).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('lets nothing begin but what is critical as a whole, and what is done on the way out', async () => {
    const url = await serve(byPath);
    ending.abort(theEnd);
    await expect(send(url('/ok'))).rejects.toBe(theEnd);
    await expect(send(url('/ok'), 'sent')).rejects.toBe(theEnd);
    expect(asked).toEqual([]);
    expect((await send(url('/ok'), true)).status).toBe(200);
    over.abort(theEnd);
    await expect(send(url('/ok'), true)).rejects.toBe(theEnd);
    expect((await send(url('/ok'), 'last')).status).toBe(200);
  });

  test('ends the wait to repeat what was only to be sent once more', async () => {
    const url = await serve(byPath);
    const sent = send(url('/throttled'), 'sent');
    await until(() => time.sleepers.length === 1);
    ending.abort(theEnd);
    time.wakeAll();
    await expect(sent).rejects.toBe(theEnd);
    expect(asked).toEqual(['/throttled']);
  });

  test('gives what is under way less time, so that it can be tried again', async () => {
    const url = await serve(byPath);
    const critical = send(url('/silence'), true);
    await until(() => asked.length === 1);
    expect(time.timers.map(({ milliseconds }) => milliseconds)).toEqual([30_000]);
    ending.abort(theEnd);
    expect(time.timers.map(({ milliseconds }) => milliseconds)).toEqual([30_000, 3_000]);
    time.timers[1]?.callback();
    await expect(critical).rejects.toMatchObject({
      message: expect.stringContaining('nothing came back within 3 seconds'),
      maybeProcessed: true,
    });
  });

  test('what is done on the way out waits for nobody, and is tried once', async () => {
    const url = await serve(byPath);
    const throttled = send(url('/throttled'), 'last');
    expect((await throttled).status).toBe(429);
    expect((await send(url('/ok'), 'last')).status).toBe(200);
    expect(time.sleepers).toEqual([]);
  });
});

test('what is to be asked before each try can end the request', async () => {
  const url = await serve(byPath);
  let times = 0;
  const before = () => {
    times += 1;
    if (times === 2) throw new Error('Not any more.');
  };
  const request = client.send({ method: 'POST', url: url('/throttled'), headers: {}, before });
  await until(() => time.sleepers.length === 1);
  time.wakeAll();
  await expect(request).rejects.toThrow('Not any more.');
  expect(asked).toEqual(['/throttled']);
});

describe('Retry-After of a write that is refused', () => {
  test.each([500, 502, 503])('(%d) holds back the next request', async (status) => {
    const url = await serve((_, response) => {
      if (asked.length === 1) response.writeHead(status, { 'retry-after': '4' });
      response.end('{}');
    });
    expect((await send(url('/a'))).status).toBe(status);
    const look = client.send({ method: 'GET', url: url('/b'), headers: {} });
    await until(() => time.sleepers.length === 1);
    expect(asked).toEqual(['/a']);
    expect(time.sleepers.map(({ milliseconds }) => milliseconds)).toEqual([4_000]);
    time.wakeAll();
    expect((await look).status).toBe(200);
  });

  test('that is longer than anybody waits: the same write is not sent again, others are', async () => {
    const url = await serve((request, response) => {
      if (request.method === 'POST') response.writeHead(503, { 'retry-after': '259200' });
      response.end('{}');
    });
    for (let times = 0; times < 3; times++) expect((await send(url('/a'))).status).toBe(503);
    expect((await client.send({ method: 'GET', url: url('/a'), headers: {} })).status).toBe(200);
    expect((await send(url('/b'))).status).toBe(503);
    expect(asked).toEqual(['/a', '/a', '/b']);
  });
});
