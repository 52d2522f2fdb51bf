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
  const event = eventOf(environment);
  const { repository, noRepository } = repositoryOf(environment, event);
  const run = environment.GITHUB_RUN_ID;
  return {
    repository,
    noRepository,
    secretsWithheld: withheld(environment, event),
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

function repositoryOf(
  environment: Environment,
  event: GitHubEvent,
): Pick<RunContext, 'repository' | 'noRepository'> {
  const [organization, name] = environment.GITHUB_REPOSITORY?.split('/') ?? [];
  if (!organization || !name) return { noRepository: 'is unknown: GITHUB_REPOSITORY is not set' };
  const host = (environment.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/u, '');
  const repository: Repository = { provider: 'github', organization, name, host };
  if (environment.GITHUB_REPOSITORY_ID) repository.id = environment.GITHUB_REPOSITORY_ID;
  const branch = event.repository?.default_branch;
  if (branch) repository.defaultBranch = branch;
  return { repository };
}

const DEPENDABOT = 'dependabot[bot]';
/** "Troubleshooting Dependabot on GitHub Actions", section "Restrictions when Dependabot triggers events". */
const EVENTS_OF_DEPENDABOT =
  /^(?:pull_request(?:_review(?:_comment)?)?|push|create|deployment(?:_status)?)$/u;

/**
 * GitHub gives the secrets of a repository neither to pull requests from forks ("Events that trigger workflows",
 * section `pull_request`), nor to what Dependabot starts; and a fork has none of those of its parent. A run that was
 * given secrets of its own there does its work.
 */
function withheld(environment: Environment, event: GitHubEvent): string | undefined {
  const name = environment.GITHUB_EVENT_NAME ?? '';
  const { pull_request: pull, repository } = event;
  const fromBase = name === 'pull_request_target';
  if (
    environment.GITHUB_ACTOR === DEPENDABOT &&
    (EVENTS_OF_DEPENDABOT.test(name) || (fromBase && pull?.user?.login === DEPENDABOT))
  )
    return name.startsWith('pull_request')
      ? 'a pull request of Dependabot'
      : `a run that Dependabot started (${name})`;
  // A fork that was deleted since has no repository any more: null.
  const head = pull?.head?.repo;
  if (name.startsWith('pull_request') && !fromBase && head !== undefined)
    if (head?.full_name !== environment.GITHUB_REPOSITORY) return 'a pull request from a fork';
  return repository?.fork === true ? 'a run in a fork' : undefined;
}

/** What is read of the event that started the run. */
interface GitHubEvent {
  repository?: { default_branch?: string; fork?: boolean };
  pull_request?: { user?: { login?: string }; head?: { repo?: { full_name?: string } | null } };
}

function eventOf({ GITHUB_EVENT_PATH: path = '' }: Environment): GitHubEvent {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) ?? {};
  } catch {
    return {};
  }
}
