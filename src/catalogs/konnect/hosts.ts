import { isLoopback } from '../../http/address.ts';
import { type Owner, type Provider, sameHost, trueHost } from '../../repository.ts';
import { AZURE_DEVOPS } from '../../repository-host.ts';

/**
 * The host that each of Konnect's integrations reads. Kong's documentation names no other (pages of the integrations);
 * GitLab's self-managed hosts were removed from the catalog on 2026-10-26.
 */
const CLOUDS: Record<Provider, string> = {
  'azure-devops': AZURE_DEVOPS,
  github: 'https://github.com',
  gitlab: 'https://gitlab.com',
};

export function cloudOf({ provider }: Pick<Owner, 'provider'>): string {
  return CLOUDS[provider];
}

/**
 * The host of an organization, as Konnect could know it. An address of this machine, or none, stands in for the cloud
 * (the sandbox, a test): Konnect itself could never read one, so it can mean nothing else.
 */
export function homeOf(owner: Owner): string {
  const host = trueHost(owner);
  return URL.canParse(host) && !isLoopback(new URL(host).hostname) ? host : cloudOf(owner);
}

export function isOnCloud(owner: Owner): boolean {
  return sameHost(homeOf(owner), cloudOf(owner));
}

/** For messages: `https://ghe.example.com` as `ghe.example.com`. */
export function hostName(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

/**
 * Whether a name in a description is one of a host: `host`, `server_name`, `baseUrl`.
 *
 * @param key in any case, with or without underscores
 */
export function namesHost(key: string): boolean {
  return /^(?:(?:\w+_)?(?:host|host_?name|server|server_?name)|(?:api|api_base|base|enterprise|host|instance|root|server|site)_?(?:url|uri|address|endpoint))$/iu.test(
    key,
  );
}

/** Whether a name in a configuration is one of an address that is read from: those, and `url` or `domain` alone. */
export function namesAddress(key: string): boolean {
  return namesHost(key) || /^(?:url|uri|address|domain|endpoint)$/iu.test(key);
}
