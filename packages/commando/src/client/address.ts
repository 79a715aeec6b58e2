import { ClnrestError } from '@clnrest/client';
import { hexToBytes } from '@noble/hashes/utils.js';
import { isPublicKey } from '../noise/keys.ts';
import type { ChannelTarget } from '../peer/byte-channel.ts';

/** The address of a node. */
export interface NodeAddress {
  /** The node's public key, 66 hex digits. */
  readonly nodeId: string;
  readonly target: ChannelTarget;
}

/** The port of nodes on mainnet (BOLT 1). */
const DEFAULT_PORT = 9735;

/**
 * Reads the address of a node: `02…@host:9735` for TCP, `02…@ws://host:port` or `02…@wss://host` for a WebSocket. The default port
 * of TCP is 9735.
 *
 * @throws {ClnrestError} `invalid_request`
 *
 * @example
 * ```ts
 * import { parseAddress } from '@clnrest/commando';
 *
 * const id = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';
 * parseAddress(`${id}@[::1]:19735`).target // => { kind: 'tcp', host: '::1', port: 19735 }
 * parseAddress(`${id}@wss://example.com/node`).target // => { kind: 'websocket', url: 'wss://example.com/node' }
 * ```
 */
export function parseAddress(text: string): NodeAddress {
  const [, id = '', place = ''] = /^\s*([^\s@]*)@(\S+)\s*$/.exec(text) ?? [];
  if (place === '') {
    throw invalid('Invalid address of a node: use ID@host:port or ID@ws://host:port');
  }
  if (!/^[0-9A-Fa-f]{66}$/.test(id)) {
    const found = /^[0-9A-Fa-f]*$/.test(id) ? `, and has ${id.length}` : '';
    throw invalid(`Invalid address of a node: the id before @ must have 66 hex digits${found}`);
  }
  if (!isPublicKey(hexToBytes(id))) {
    throw invalid('Invalid address of a node: the id before @ is not a public key of secp256k1');
  }
  const target = /^wss?:/i.test(place) ? webSocketTarget(place) : tcpTarget(place);
  return { nodeId: id.toLowerCase(), target };
}

function webSocketTarget(place: string): ChannelTarget {
  // lightningd's option is --bind-addr=ws:host:port.
  const url = parseUrl(place.replace(/^(wss?):(?!\/\/)/i, '$1://'));
  if (url === undefined || url.username !== '' || url.hash !== '') {
    throw invalid('Invalid address of a node: after @, use a WebSocket URL such as ws://host:port');
  }
  return { kind: 'websocket', url: url.href };
}

function tcpTarget(place: string): ChannelTarget {
  // URL knows brackets around IPv6 addresses, and ports.
  const url = /[/?#@\\]/.test(place) ? undefined : parseUrl(`tcp://${place}`);
  if (url === undefined || url.hostname === '') {
    throw invalid(
      'Invalid address of a node: after @, use host:port, with IPv6 addresses in brackets',
    );
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { kind: 'tcp', host, port: url.port === '' ? DEFAULT_PORT : Number(url.port) };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function invalid(message: string): ClnrestError {
  return new ClnrestError('invalid_request', message);
}
