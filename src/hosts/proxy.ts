/** `HTTP_PROXY` and its kin, and the name of a proxy for one URL. */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL. Both cases of the names are read and an empty one counts as not
 * set; a value without a scheme is an http proxy; loopback is never proxied. `NO_PROXY` is a list, separated by
 * commas or spaces, of `*`, `host`, `.domain`, `*.domain`, each with an optional `:port`.
 */
export function proxyFromEnvironment(environment: Environment): (url: URL) => string | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const secure = read('HTTPS_PROXY');
  const plain = read('HTTP_PROXY');
  const exempt = (read('NO_PROXY') ?? '').split(/[\s,]+/u).filter(Boolean);
  return (url) => {
    const proxy = url.protocol === 'https:' ? secure : plain;
    if (!proxy || isLoopback(url.hostname) || exempt.some((entry) => matches(entry, url))) return undefined;
    return /^[a-z]+:\/\//iu.test(proxy) ? proxy : `http://${proxy}`;
  };
}

/** Whether a host name (as in `URL.hostname`) is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/u.test(hostname);
}

function matches(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, name = '', port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/u.exec(entry.toLowerCase()) ?? [];
  if (port && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const hostname = url.hostname.toLowerCase();
  return name !== '' && (hostname === name || hostname.endsWith(`.${name}`));
}
