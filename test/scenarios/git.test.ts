import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { authorizeInBrowser } from '../../src/sandbox/state.ts';
import { fail, succeed } from './support/check.ts';
import { createWorld, ON_GITHUB, type World } from './support/world.ts';

/** What git and ssh tell the command line of the repository of its folder. */

let world: World;
let programs: string;
beforeEach(async () => {
  world = await createWorld();
  programs = mkdtempSync(path.join(os.tmpdir(), 'catalog-connect-programs-'));
});
afterEach(async () => {
  rmSync(programs, { recursive: true, force: true });
  await world.close();
});

const here = { repository: '', 'azure-devops-pat': '', 'azure-devops-url': '' };

/** Puts a program before those that are installed. */
function program(name: string, script: string) {
  writeFileSync(path.join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(programs, name), 0o755);
  return { PATH: `${programs}${path.delimiter}${process.env.PATH}` };
}

test.each([
  ['git is missing', { PATH: '/nonexistent' }, ['git is not installed']],
  [
    'the folder is of another user',
    { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' },
    ['another user owns it ("dubious ownership")', 'git config --global --add safe.directory /'],
  ],
  ['there is no repository', { GIT_DIR: '/nonexistent' }, ['this folder has no git remote "origin"']],
])('%s', async (_, environment, says) => {
  const { error } = await fail('local', world, { inputs: here, environment });
  for (const words of says) expect(error).toContain(words);
  expect(error).toContain('Set repository to');
  expect(world.exchanges).toEqual([]);
});

test.each([
  [
    'refuses',
    'echo "fatal: bad config line 3 in file .git/config" >&2; exit 128',
    'failed: bad config line 3',
  ],
  ['does not answer', 'sleep 60', 'git did not answer within 10 s'],
])(
  'git %s',
  async (_, script, says) => {
    const { error } = await fail('local', world, { inputs: here, environment: program('git', script) });
    expect(error).toContain(says);
  },
  30_000,
);

describe('a remote on an alias of ssh', () => {
  const ssh = 'echo "user git"; case "$3" in work) echo "hostname github.com";; *) echo "hostname $3";; esac';

  test('is that of its real host', async () => {
    authorizeInBrowser(world.state, 'github');
    const { outputs } = await succeed('local', world, {
      inputs: here,
      remote: 'git@work:acme-inc/web-shop.git',
      environment: program('ssh', ssh),
    });
    expect(outputs['service-name']).toBe(ON_GITHUB.name);
  });

  test.each(['git@unknown:acme-inc/web-shop.git', 'git@github.com-work:acme-inc/web-shop.git'])(
    'that ssh does not know is named: %s',
    async (remote) => {
      const environment = program('ssh', ssh);
      const { error } = await fail('local', world, { inputs: here, remote, environment });
      expect(error).toContain(
        `is not on a host that a catalog integration reads (${remote.slice(4).split(':')[0]})`,
      );
      expect(error).toContain('set integration');
      expect(world.exchanges).toEqual([]);
    },
  );
});

test('a remote on a host that integration tells is known, and is not the cloud', async () => {
  authorizeInBrowser(world.state, 'gitlab');
  const { log, error } = await fail('local', world, {
    inputs: { ...here, integration: 'gitlab', command: 'plan', catalog: 'konnect' },
    remote: 'https://ci:s3cr3t@git.example.com/group/web.git',
  });
  expect(log).toContain('plan (nothing is written): group/web');
  expect(error).toContain('Konnect cannot read git.example.com');
});
