import { lookup } from 'node:dns/promises';
import { isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isUnspecified } from '../certificates/names.ts';

/** A configured host, and the addresses to listen on. */
export interface HostAddresses {
  /** The host as configured, without the brackets of an IPv6 address. */
  readonly host: string;
  /** The addresses that the host resolves to, at least one. */
  readonly addresses: readonly string[];
}

/**
 * Resolves hosts. Drops repeated ones, also in another spelling, and addresses that another host covers: `::` includes all addresses,
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
      (address) => !isCovered(address) && !taken.has(canonicalAddress(address)),
    );
    for (const address of addresses) taken.add(canonicalAddress(address));
    if (addresses.length > 0) found.push({ host, addresses });
  }
  return found;
}

/** Returns the one spelling of an address: of IPv6 addresses, and of IPv4 addresses that are written as IPv6. */
function canonicalAddress(address: string): string {
  const [text = '', zone] = address.split('%');
  if (!isIPv6(text)) return address;
  const canonical = new SocketAddress({ address: text, family: 'ipv6' }).address;
  const mapped = /^::ffff:([\d.]+)$/.exec(canonical)?.[1];
  return mapped ?? (zone === undefined ? canonical : `${canonical}%${zone}`);
}

type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * Returns why the network interface of a host cannot be used, and what to use instead, as the end of a sentence. `undefined` if
 * the host needs no interface, or names one that exists.
 */
export function interfaceProblem(
  host: string,
  interfaces: Interfaces = networkInterfaces(),
): string | undefined {
  const [address = '', zone] = host.split('%');
  const names = Object.keys(interfaces);
  if (zone !== undefined && isIPv6(address)) {
    if (names.includes(zone) || /^\d+$/.test(zone)) return undefined;
    return `this machine has no network interface \`${zone}\`. It has ${names.join(', ')}`;
  }
  if (isIPv6(address) && /^fe[89ab]/i.test(address)) {
    return `a link-local address needs its network interface: write \`${address}%${names.at(-1) ?? 'eth0'}\`, for example`;
  }
  const own = interfaces[host]?.map((info) => info.address);
  if (own === undefined) return undefined;
  return `it is a network interface: set its address, ${own.join(' or ')}`;
}

/** Returns the addresses of a host. Rejects with the system's error if it has none. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  if (host === '') throw new Error('it is empty');
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}
