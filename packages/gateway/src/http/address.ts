import { isIPv6 } from 'node:net';

/** 16-bit groups of an IPv6 address. */
const GROUPS = 8;
/** Groups of a network's prefix: 64 bits. A home or a server gets at least one such network. */
const NETWORK_GROUPS = 4;
const IPV4_MAPPED = '0:0:0:0:0:ffff';

/** Returns the IPv4 address of an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`), any other address unchanged. */
export function unmapped(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (text(groups.slice(0, 6)) !== IPV4_MAPPED) return address;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/**
 * The key of an address for limits: an IPv4 address, or the /64 network of an IPv6 address. One client can
 * use any number of addresses of its /64 network.
 */
export function addressKey(address: string): string {
  const plain = unmapped(address);
  return isIPv6(plain) ? `${text(groupsOf(plain).slice(0, NETWORK_GROUPS))}::/64` : plain;
}

function text(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

/** The groups of a valid IPv6 address, without its zone. */
function groupsOf(address: string): number[] {
  const plain = address
    .replace(/%.*$/s, '')
    .replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: string[]) => {
      const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
      return text([(a << 8) | b, (c << 8) | d]);
    });
  const [left = [], right = []] = plain
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: Math.max(0, GROUPS - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}
