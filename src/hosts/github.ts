import { readFileSync } from 'node:fs';
import * as core from '@actions/core';
import type { Repository } from '../repository.ts';
import type { Environment } from './environment.ts';
import type { Host, RunContext } from './host.ts';
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
    output: core.setOutput,
    info: core.info,
    notice: core.notice,
    warning: core.warning,
    fail: core.setFailed,
    summary(text) {
      // Absent on old GitHub Enterprise Servers, where core.summary throws.
      if (environment.GITHUB_STEP_SUMMARY) core.summary.addRaw(text, true).write().catch(logFailure);
    },
  };
}

function logFailure(error: unknown): void {
  core.debug(`The job summary could not be written: ${error}`);
}

/** Documented in GitHub's "Variables reference", section "Default environment variables". */
function contextOf(environment: Environment): RunContext {
  return { ...repositoryOf(environment), secretsWithheld: withheld(environment) };
}

function repositoryOf(environment: Environment): Pick<RunContext, 'repository' | 'noRepository'> {
  const [organization, name] = environment.GITHUB_REPOSITORY?.split('/') ?? [];
  if (!organization || !name) return { noRepository: 'is unknown: GITHUB_REPOSITORY is not set' };
  const host = (environment.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/u, '');
  const repository: Repository = { provider: 'github', organization, name, host };
  if (environment.GITHUB_REPOSITORY_ID) repository.id = environment.GITHUB_REPOSITORY_ID;
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
  try {
    const event = JSON.parse(readFileSync(eventPath ?? '', 'utf8'));
    // A fork that was deleted since has no repository any more.
    return event.pull_request.head.repo === null ? '' : String(event.pull_request.head.repo.full_name);
  } catch {
    return undefined;
  }
}
