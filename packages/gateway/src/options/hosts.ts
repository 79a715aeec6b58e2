import { lookup } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { isUnspecified } from '../certificates/names.ts';

/** A configured host, and the addresses to listen on. */
export interface HostAddresses {
  /** The host as configured, without the brackets of an IPv6 address. */
  readonly host: string;
  /** The addresses that the host resolves to, at least one. */
  readonly addresses: readonly string[];
}

/**
 * Resolves hosts. Drops repeated ones, and addresses that another host covers: `::` includes all addresses,
 * `0.0.0.0` for all of IPv4.
 *
 * @param resolve - returns the addresses of a host
 */
export async function readHosts(
  values: readonly string[],
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<HostAddresses[]> {
  const hosts = new Set(values.map((value) => value.replace(/^\[(.*)\]$/, '$1')));
  const unspecified = [...hosts].filter(isUnspecified);
  const coversAll = unspecified.some((host) => !isIPv4(host));
  const isCovered = (address: string): boolean =>
    !isUnspecified(address) && (coversAll || (unspecified.length > 0 && isIPv4(address)));
  const taken = new Set<string>();
  const found: HostAddresses[] = [];
  for (const host of hosts) {
    const addresses = (await resolve(host)).filter(
      (address) => !isCovered(address) && !taken.has(address),
    );
    for (const address of addresses) taken.add(address);
    if (addresses.length > 0) found.push({ host, addresses });
  }
  return found;
}

/** Returns the addresses of a host. Rejects with the system's error if it has none. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  if (host === '') throw new Error('it is empty');
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}
