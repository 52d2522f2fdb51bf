import fc from 'fast-check';
import { type Repository, sameHost, samePath } from '../src/repository.ts';

describe('the same host', () => {
  test.each([
    ['https://github.com', 'https://GitHub.com/acme/api'],
    ['https://github.com', 'github.com'],
    ['https://github.com', 'github.com.'],
    ['https://github.com', 'www.github.com'],
    ['https://github.com', 'https://api.github.com/repos/acme/api'],
    ['https://github.com', 'http://github.com:80/'],
    ['https://github.com', 'https://someone:secret@github.com:443'],
    ['https://github.com', 'git@github.com:acme/api.git'],
    ['https://github.com', 'ssh://git@ssh.github.com:443/acme/api.git'],
    ['https://github.com', 'git://github.com/acme/api.git'],
    ['https://acme.ghe.com', 'https://api.acme.ghe.com/repos/acme/api'],
    ['https://gitlab.com', 'ssh://git@altssh.gitlab.com:443/acme/api.git'],
    ['https://dev.azure.com', 'https://acme@dev.azure.com/acme/shop/_git/api'],
    ['https://dev.azure.com', 'https://acme.visualstudio.com/DefaultCollection'],
    ['https://dev.azure.com', 'git@ssh.dev.azure.com:v3/acme/shop/api'],
    ['https://dev.azure.com', 'acme@vs-ssh.visualstudio.com:v3/acme/shop/api'],
    ['https://dev.azure.com', 'ssh://acme@vs-ssh.visualstudio.com:22/shop/_ssh/api'],
    ['https://tfs.example.com/tfs', 'https://TFS.example.com:443/tfs/Main/Shop/_git/api'],
    ['https://tfs.example.com:8443/tfs', 'ssh://tfs.example.com:22/tfs/Main/Shop/_ssh/api'],
    ['https://tfs.example.com:8443/tfs', 'tfs.example.com'],
    ['https://tfs.example.com:8443/tfs', 'tfs.example.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example/x'],
    ['https://[::1]:8080', 'http://[::1]:8080/x'],
  ])('%s and %s', (left, right) => {
    expect(sameHost(left, right)).toBe(true);
    expect(sameHost(right, left)).toBe(true);
  });

  test.each([
    ['https://github.com', 'https://github.com.evil.example.com'],
    ['https://github.com', 'https://evilgithub.com'],
    ['https://github.com', 'https://github.com@evil.example.com'],
    ['https://github.com', 'https://ghe.example.com'],
    ['https://github.com', 'https://codeberg.org'],
    ['https://github.com', 'https://github.com:8443'],
    ['https://github.com', 'git@github.com-work:acme/api.git'],
    ['https://acme.ghe.com', 'https://umbrella.ghe.com'],
    ['https://dev.azure.com', 'https://dev.azure.com.evil.example.com'],
    ['https://dev.azure.com', 'https://acme.visualstudio.com.evil.example.com'],
    ['https://dev.azure.com', 'https://tfs.example.com/dev.azure.com'],
    ['https://tfs.example.com', 'http://tfs.example.com:8080'],
    ['https://tfs.example.com', 'https://tfs01.example.com'],
    ['', ''],
    ['/srv/git/api.git', '/srv/git/api.git'],
    ['https://', 'https://'],
  ])('%s and %s are not', (left, right) => {
    expect(sameHost(left, right)).toBe(false);
    expect(sameHost(right, left)).toBe(false);
  });

  test('whatever the texts are, both orders say the same', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.domain());
    fc.assert(fc.property(text, text, (a, b) => expect(sameHost(a, b)).toBe(sameHost(b, a))));
  });
});

describe('the same repository', () => {
  const api: Repository = {
    provider: 'github',
    organization: 'acme',
    name: 'api',
    host: 'https://github.com',
  };

  test.each([
    ['in another case', { ...api, organization: 'Acme', host: 'https://GitHub.com' }, true],
    ['on another host', { ...api, host: 'https://ghe.example.com' }, false],
    ['reached by a tunnel', { ...api, host: 'http://127.0.0.1:8080', behind: 'https://github.com' }, true],
    ['behind whose tunnel is another host', { ...api, behind: 'https://ghe.example.com' }, false],
    ['of another owner', { ...api, organization: 'umbrella' }, false],
  ])('%s', (_, other, same) => {
    expect(samePath(api, other)).toBe(same);
    expect(samePath(other, api)).toBe(same);
  });
});
