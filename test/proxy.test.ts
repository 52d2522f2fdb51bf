import fc from 'fast-check';
import { proxyFromAgent, proxyFromEnvironment } from '../src/hosts/proxy.ts';

const proxy = (environment: Record<string, string>, url = 'https://us.api.konghq.com/v1') =>
  proxyFromEnvironment(environment)(new URL(url));

test.each([
  ['upper case', { HTTPS_PROXY: 'http://proxy:8080' }, 'http://proxy:8080'],
  ['lower case', { https_proxy: 'http://proxy:8080' }, 'http://proxy:8080'],
  [
    'an empty lower case does not hide the upper',
    { https_proxy: '', HTTPS_PROXY: 'http://proxy:8080' },
    'http://proxy:8080',
  ],
  ['no scheme', { HTTPS_PROXY: 'proxy:8080' }, 'http://proxy:8080'],
  ['HTTP_PROXY is for http alone', { HTTP_PROXY: 'http://proxy:8080' }, undefined],
  ['none', {}, undefined],
] as const)('%s', (_, environment, expected) => expect(proxy(environment)).toBe(expected));

test.each([
  ['*', true],
  ['us.api.konghq.com', true],
  ['konghq.com', true],
  ['.konghq.com', true],
  ['*.konghq.com', true],
  ['example.com, konghq.com', true],
  ['example.com konghq.com', true],
  ['KONGHQ.COM:443', true],
  ['konghq.com:8443', false],
  ['honghq.com', false],
  ['api', false],
  ['', false],
])('NO_PROXY=%s', (exempt, direct) => {
  const environment = { HTTPS_PROXY: 'http://proxy:8080', NO_PROXY: exempt };
  expect(proxy(environment) === undefined).toBe(direct);
});

test.each(['https://localhost:1/', 'https://127.0.0.1/', 'https://127.9.8.7/', 'https://[::1]:1/'])(
  '%s never goes through a proxy',
  (url) => expect(proxy({ HTTPS_PROXY: 'http://proxy:8080' }, url)).toBeUndefined(),
);

describe("the agent's proxy", () => {
  const agent = {
    AGENT_PROXYURL: 'http://proxy.example.com:3128',
    AGENT_PROXYUSERNAME: 'DOMAIN\\user',
    SECRET_AGENT_PROXYPASSWORD: 'p@ss:word',
    AGENT_PROXYBYPASSLIST: '["^https://eu\\\\.api", "internal"]',
  };
  const through = (url: string, environment = {}) =>
    proxyFromAgent({ ...agent, ...environment })(new URL(url));

  test('is used with its user and password', () => {
    const address = new URL(through('https://us.api.konghq.com/') ?? '');
    expect(decodeURIComponent(address.username)).toBe('DOMAIN\\user');
    expect(decodeURIComponent(address.password)).toBe('p@ss:word');
    expect(address.host).toBe('proxy.example.com:3128');
  });

  test.each(['https://eu.api.konghq.com/', 'https://INTERNAL.example.com/', 'http://127.0.0.1/'])(
    'not for %s',
    (url) => expect(through(url)).toBeUndefined(),
  );

  test.each([
    ['^https://us\\.api\\.konghq\\.com$', 'https://us.api.konghq.com/v1/integrations', true],
    ['^HTTPS://US\\.', 'https://us.api.konghq.com/v1', true],
    [':8443$', 'https://catalog.example.com:8443/v1', true],
    ['^https://catalog\\.example\\.com:8443$', 'https://catalog.example.com:8443/v1?a=b', true],
    [':443', 'https://us.api.konghq.com/v1', false],
    ['/v1/', 'https://us.api.konghq.com/v1/integrations', false],
    ['integration-instances', 'https://us.api.konghq.com/v1/integration-instances', false],
    ['example', 'https://us.api.konghq.com/?next=example', false],
  ])('the pattern %s is matched against scheme, host and port alone: %s', (pattern, url, direct) => {
    const environment = { AGENT_PROXYBYPASSLIST: JSON.stringify([pattern]) };
    expect(through(url, environment) === undefined).toBe(direct);
  });

  test('after what the environment names', () => {
    expect(through('https://us.api.konghq.com/', { HTTPS_PROXY: 'other:1' })).toBe('http://other:1');
    expect(proxyFromAgent({})(new URL('https://us.api.konghq.com/'))).toBeUndefined();
  });
});

test('whatever the environment says, there is a proxy or none', () => {
  const names = fc.constantFrom(
    'HTTPS_PROXY',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'AGENT_PROXYURL',
    'AGENT_PROXYUSERNAME',
    'SECRET_AGENT_PROXYPASSWORD',
    'AGENT_PROXYBYPASSLIST',
  );
  const value = fc.oneof(fc.string(), fc.webUrl(), fc.json(), fc.constantFrom('["("]', '*', 'proxy:80'));
  fc.assert(
    fc.property(fc.dictionary(names, value), fc.webUrl(), (environment, url) => {
      expect(['string', 'undefined']).toContain(typeof proxyFromAgent(environment)(new URL(url)));
    }),
  );
});
