import type { OptionRegistry } from '../options/registry.ts';

/** An address to listen on for peers. */
export interface ListenAddress {
  readonly kind: 'tcp' | 'websocket';
  /** Undefined for all addresses. */
  readonly host: string | undefined;
  /** Undefined for the network's port. */
  readonly port: number | undefined;
}

const NOT_SUPPORTED = /^(?:autotor|statictor|dns):/;

/**
 * Reads a value of `--addr` or `--bind-addr`: `[ws:][HOST][:PORT]`. Returns undefined for another value.
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const isWebSocket = text.startsWith('ws:');
  const place = isWebSocket ? text.slice(3) : text;
  if (place === '' || place.includes('/') || NOT_SUPPORTED.test(place)) return undefined;
  const kind = isWebSocket ? 'websocket' : 'tcp';
  // An IPv6 address needs brackets only before a port.
  if (!place.startsWith('[') && place.split(':').length > 2) {
    return { kind, host: place, port: undefined };
  }
  const [, bracketed, plain = '', digits] =
    /^(?:\[([^\]]+)\]|([^:[\]]*))(?::([0-9]{1,5}))?$/.exec(place) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === '' && port === undefined) return undefined;
  if (port !== undefined && port > 65_535) return undefined;
  return { kind, host: host === '' ? undefined : host, port };
}

/** lightningd's error text for an invalid value, or undefined. */
export function listenAddressProblem(text: string): string | undefined {
  if (parseListenAddress(text) !== undefined) return undefined;
  return `Unable to parse address '${text}': the sandbox listens on [ws:][HOST][:PORT]`;
}

/** The addresses of `--addr` and `--bind-addr`. Without these options, the sandbox does not listen for peers. */
export function listenAddresses(options: OptionRegistry): ListenAddress[] {
  const values = [...options.values('addr'), ...options.values('bind-addr')];
  return values.flatMap((value) => parseListenAddress(value) ?? []);
}
