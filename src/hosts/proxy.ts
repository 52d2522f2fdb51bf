/** `HTTP_PROXY` and its kin, and the name of a proxy for one URL. */

import { isLoopback } from '../http/address.ts';
import type { Environment } from './environment.ts';

/**
 * The proxy that the environment names for a URL. Both cases of the names are read and an empty one counts as not
 * set; a value without a scheme is an http proxy; loopback is never proxied. `NO_PROXY` is a list, separated by
 * commas or spaces, of `*`, `host`, `.domain`, `*.domain`, each with an optional `:port`.
 *
 * @param otherwise asked for the URLs that the environment says nothing of
 */
export function proxyFromEnvironment(
  environment: Environment,
  otherwise: (url: URL) => string | undefined = () => undefined,
): (url: URL) => string | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const secure = read('HTTPS_PROXY');
  const plain = read('HTTP_PROXY');
  const exempt = (read('NO_PROXY') ?? '').split(/[\s,]+/u).filter(Boolean);
  return (url) => {
    if (isLoopback(url.hostname) || exempt.some((entry) => matches(entry, url))) return undefined;
    const proxy = url.protocol === 'https:' ? secure : plain;
    if (!proxy) return otherwise(url);
    return /^[a-z][a-z0-9+.-]*:\/\//iu.test(proxy) ? proxy : `http://${proxy}`;
  };
}

/**
 * On Azure Pipelines: what the environment names, else the proxy that the agent was configured with, but for the URLs
 * that its bypass list (regular expressions, as JSON) matches. The agent's variables are in its documentation, "Run a
 * self-hosted agent behind a web proxy".
 */
export function proxyFromAgent(environment: Environment): (url: URL) => string | undefined {
  return proxyFromEnvironment(environment, (url) => {
    if (!environment.AGENT_PROXYURL) return undefined;
    if (!URL.canParse(environment.AGENT_PROXYURL)) return environment.AGENT_PROXYURL;
    const address = new URL(environment.AGENT_PROXYURL);
    address.username = encodeURIComponent(environment.AGENT_PROXYUSERNAME ?? '');
    address.password = encodeURIComponent(environment.SECRET_AGENT_PROXYPASSWORD ?? '');
    return bypassList(environment).some((pattern) => bypasses(pattern, url)) ? undefined : address.href;
  });
}

function bypassList({ AGENT_PROXYBYPASSLIST: list }: Environment): string[] {
  try {
    return JSON.parse(list || '[]').map(String);
  } catch {
    return [];
  }
}

/**
 * As the agent does it: by scheme, host, and the port where it is not the usual one, never by the path
 * (azure-pipelines-agent, AgentWebProxy.cs, IsMatchInBypassList). The patterns are .NET's: one that JavaScript cannot read
 * bypasses nothing.
 */
function bypasses(pattern: string, url: URL): boolean {
  try {
    return new RegExp(pattern, 'i').test(url.origin);
  } catch {
    return false;
  }
}

function matches(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, name = '', port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/u.exec(entry.toLowerCase()) ?? [];
  if (port && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const hostname = url.hostname.toLowerCase();
  return name !== '' && (hostname === name || hostname.endsWith(`.${name}`));
}
