import { guarded, type Host } from '../src/hosts/host.ts';
import { shownOf } from './scenarios/support/secrets.ts';

function recorder(proxy?: string) {
  const lines: string[] = [];
  const masks: string[] = [];
  const say = (text: string) => void lines.push(text);
  const host = {
    network: { proxyFor: () => proxy },
    inputName: (name: string) => name,
    secret: (value: string) => void masks.push(value),
    info: say,
    summary: say,
    output: (_: string, value: string) => say(value),
  } as unknown as Host;
  return { host: guarded(host), lines, masks };
}

test.each([
  ['http://user:proxy-secret@proxy:8080', 'proxy-secret', 'user:proxy-secret'],
  ['http://user:p%40ss%3Aword@proxy:8080', 'p@ss:word', 'user:p@ss:word'],
  ['http://DOMAIN%5Cuser:a-b_c+d%2Fe@proxy', 'a-b_c+d/e', 'DOMAIN\\user:a-b_c+d/e'],
])('the password of the proxy %s is masked as soon as it is used', (proxy, password, pair) => {
  const { host, lines } = recorder(proxy);
  host.network.proxyFor(new URL('https://us.api.konghq.com'));
  host.info(`proxy says: ${password} or Basic ${Buffer.from(pair).toString('base64')} for ${proxy}`);
  expect(shownOf(password, lines.join())).toBe('');
});

test('a short password of a proxy is masked with its user, and garbles no word', () => {
  const { host, lines } = recorder('http://user:pass@proxy:8080');
  host.network.proxyFor(new URL('https://us.api.konghq.com'));
  host.info(`pass by: Basic ${Buffer.from('user:pass').toString('base64')}`);
  expect(lines).toEqual(['pass by: Basic ***']);
});

test('each part of what was pasted with something around it is hidden, and no word', () => {
  const { host, lines, masks } = recorder();
  host.secret('Bearer kpat_0123456789\nexpiring');
  host.info('kpat_0123456789 is expiring, says the Bearer');
  expect(lines).toEqual(['*** is expiring, says the Bearer']);
  expect(masks).toContain('kpat_0123456789');
  expect(masks).not.toContain('expiring');
});

test('an output that cannot be written stops nothing, and is told in the end', () => {
  const { host: writing } = recorder();
  expect(writing.unwritten()).toBeUndefined();
  const failing = guarded({
    network: {},
    output(name: string) {
      throw new Error(`no ${name}`);
    },
  } as unknown as Host);
  failing.output('a', '1');
  failing.output('b', '2');
  expect(failing.unwritten()).toEqual(new Error('no a'));
});
