import { appendFileSync, readFileSync } from 'node:fs';
import * as core from '@actions/core';
import type { Repository } from '../repository.ts';
import type { TicketPlace } from '../tickets/tracker.ts';
import type { Environment } from './environment.ts';
import { cannotWrite, type Host, type RunContext } from './host.ts';
import { proxyFromEnvironment } from './proxy.ts';

/** GitHub Actions. */
export function gitHubHost(environment: Environment): Host {
  return {
    name: 'github',
    network: { proxyFor: proxyFromEnvironment(environment) },
    context: () => contextOf(environment),
    input: (name) => core.getInput(name),
    inputName: (name) => name,
    secret: core.setSecret,
    output(name, value) {
      try {
        core.setOutput(name, value);
      } catch (error) {
        throw cannotWrite('The outputs', `the file of GITHUB_OUTPUT (${environment.GITHUB_OUTPUT})`, error);
      }
    },
    info: core.info,
    notice: core.notice,
    warning: core.warning,
    error: core.error,
    fail: core.setFailed,
    summary(text) {
      // Absent on old GitHub Enterprise Servers.
      const file = environment.GITHUB_STEP_SUMMARY;
      if (!file) return;
      // Not by core.summary, which tells of a failure only later.
      try {
        appendFileSync(file, `${text}\n`);
      } catch (error) {
        throw cannotWrite('The job summary', `the file of GITHUB_STEP_SUMMARY (${file})`, error);
      }
    },
  };
}

/** Documented in GitHub's "Variables reference", section "Default environment variables". */
function contextOf(environment: Environment): RunContext {
  const { repository, noRepository } = repositoryOf(environment);
  const run = environment.GITHUB_RUN_ID;
  return {
    repository,
    noRepository,
    secretsWithheld: withheld(environment),
    tickets: repository && issuesOf(repository, environment),
    page:
      repository && run
        ? `${repository.host}/${repository.organization}/${repository.name}/actions/runs/${run}`
        : undefined,
  };
}

function issuesOf({ organization, name }: Repository, environment: Environment): TicketPlace {
  return {
    kind: 'github-issues',
    api: (environment.GITHUB_API_URL || 'https://api.github.com').replace(/\/+$/u, ''),
    owner: organization,
    repository: name,
    // In a file of its own (scripts/bundle.mjs), and loaded only to keep an issue: it is as large as all of ours.
    octokit: async () => (await import('@actions/github')).getOctokit,
  };
}

function repositoryOf(environment: Environment): Pick<RunContext, 'repository' | 'noRepository'> {
  const [organization, name] = environment.GITHUB_REPOSITORY?.split('/') ?? [];
  if (!organization || !name) return { noRepository: 'is unknown: GITHUB_REPOSITORY is not set' };
  const host = (environment.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/u, '');
  const repository: Repository = { provider: 'github', organization, name, host };
  if (environment.GITHUB_REPOSITORY_ID) repository.id = environment.GITHUB_REPOSITORY_ID;
  const branch = read(environment.GITHUB_EVENT_PATH, ({ repository: own }) => own.default_branch);
  if (branch) repository.defaultBranch = branch;
  return { repository };
}

/**
 * GitHub gives no secrets to `pull_request` runs of forks and of Dependabot ("Events that trigger workflows",
 * section `pull_request`).
 */
function withheld(environment: Environment): string | undefined {
  const event = environment.GITHUB_EVENT_NAME ?? '';
  if (!event.startsWith('pull_request') || event === 'pull_request_target') return undefined;
  if (environment.GITHUB_ACTOR === 'dependabot[bot]') return 'a pull request of Dependabot';
  const head = headRepository(environment.GITHUB_EVENT_PATH);
  return head !== undefined && head !== environment.GITHUB_REPOSITORY
    ? 'a pull request from a fork'
    : undefined;
}

function headRepository(eventPath: string | undefined): string | undefined {
  // A fork that was deleted since has no repository any more.
  return read(eventPath, ({ pull_request: { head } }) => (head.repo === null ? '' : head.repo.full_name));
}

/** A part of the event that started the run; undefined where it has no such part. */
function read(
  eventPath: string | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: each event has another shape
  part: (event: any) => unknown,
): string | undefined {
  try {
    const value = part(JSON.parse(readFileSync(eventPath ?? '', 'utf8')));
    return value === undefined ? undefined : String(value);
  } catch {
    return undefined;
  }
}
