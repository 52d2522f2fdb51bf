/** Whether a host name (as in `URL.hostname`) is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/u.test(hostname);
}

/** Whether a secret may be sent there: nobody on the way can read it. */
export function isConfidential(url: string): boolean {
  return url.startsWith('https:') || (URL.canParse(url) && isLoopback(new URL(url).hostname));
}
