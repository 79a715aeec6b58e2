import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { unmapped } from '../http/address.ts';

/** The word for all loopback addresses. */
const LOOPBACK = ['127.0.0.0/8', '::1'];

/** Proxies that forward the requests of many clients, and whose `X-Forwarded-For` is trusted. */
export class TrustedProxies {
  readonly #addresses = new BlockList();
  #isEmpty = true;

  private constructor() {
    // Use `of`.
  }

  /** @throws {RangeError} for a value that is not an address, a range or `loopback` */
  static of(values: readonly string[]): TrustedProxies {
    const proxies = new TrustedProxies();
    for (const value of values) {
      for (const item of value === 'loopback' ? LOOPBACK : [value]) proxies.#add(item);
    }
    return proxies;
  }

  includes(address: string): boolean {
    if (this.#isEmpty) return false;
    const plain = unmapped(address).replace(/%.*$/s, '');
    return isIP(plain) !== 0 && this.#addresses.check(plain, familyOf(plain));
  }

  /**
   * Returns the client's address. If the connection is from a trusted proxy, this is the last address in
   * `X-Forwarded-For` that is not a trusted proxy: a client can forge the addresses before it. Otherwise it is
   * the address of the connection.
   */
  clientOf(address: string, forwardedFor: string | undefined): string {
    if (this.#isEmpty) return address;
    let client = address;
    for (const item of (forwardedFor ?? '').split(',').toReversed()) {
      if (!this.includes(client)) return client;
      const next = withoutPort(item.trim());
      if (isIP(next) === 0) return client;
      client = next;
    }
    return client;
  }

  /** Returns the address of the client that sent a request, for limits and for the log. */
  clientOfRequest({ headers, socket }: IncomingMessage): string {
    return this.clientOf(socket.remoteAddress ?? '?', String(headers['x-forwarded-for'] ?? ''));
  }

  #add(item: string): void {
    this.#isEmpty = false;
    const [address = '', length, ...more] = item.split('/');
    const family = familyOf(address);
    const bits = family === 'ipv4' ? 32 : 128;
    const isRange = length !== undefined && /^\d{1,3}$/.test(length) && Number(length) <= bits;
    if (isIP(address) === 0 || address.includes('%') || more.length > 0) throw new RangeError(item);
    if (length === undefined) {
      const plain = unmapped(address);
      this.#addresses.addAddress(plain, familyOf(plain));
    } else if (isRange && unmapped(address) === address) {
      this.#addresses.addSubnet(address, Number(length), family);
    } else {
      throw new RangeError(item);
    }
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** Removes the port and brackets that some proxies add: `192.0.2.1:443`, `[2001:db8::1]:443`, `[2001:db8::1]`. */
function withoutPort(item: string): string {
  return /^\[([^\]]*)\](?::\d+)?$/.exec(item)?.[1] ?? /^([^:]*):\d+$/.exec(item)?.[1] ?? item;
}
