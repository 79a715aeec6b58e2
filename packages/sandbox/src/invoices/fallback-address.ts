import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m, createBase58check } from '@scure/base';
import type { Network } from '../options/network.ts';

/** An on-chain address in the form of BOLT 11: a witness version, or 17 for P2PKH and 18 for P2SH. */
export interface FallbackAddress {
  readonly version: number;
  readonly program: Uint8Array;
}

const base58check = createBase58check(sha256);
const P2PKH = 17;
const P2SH = 18;

/**
 * Parses an address, or returns why it is rejected. A segwit address of another network is
 * `unrecognized`, as in lightningd.
 */
export function readFallbackAddress(
  text: string,
  network: Network,
): FallbackAddress | 'unrecognized' | 'wrong network' {
  return readBase58(text, network) ?? readSegwit(text, network) ?? 'unrecognized';
}

function readBase58(text: string, network: Network): FallbackAddress | 'wrong network' | undefined {
  // Base58 decoding takes quadratic time.
  if (text.length > 40) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = base58check.decode(text);
  } catch {
    return undefined;
  }
  if (bytes.length !== 21) return undefined;
  const program = bytes.slice(1);
  if (bytes[0] === network.p2pkhVersion) return { version: P2PKH, program };
  if (bytes[0] === network.p2shVersion) return { version: P2SH, program };
  return 'wrong network';
}

function readSegwit(text: string, network: Network): FallbackAddress | undefined {
  const decoded = [bech32, bech32m].map((code) => ({ code, result: code.decodeUnsafe(text) }));
  const found = decoded.find(({ result }) => result !== undefined);
  if (found?.result === undefined) return undefined;
  const [version, ...words] = found.result.words;
  const program = found.code.fromWordsUnsafe(words);
  if (version === undefined || version > 16 || !(program instanceof Uint8Array)) return undefined;
  // BIP 350: version 0 is written as bech32, later versions as bech32m.
  if ((version === 0) !== (found.code === bech32)) return undefined;
  if (program.length < 2 || program.length > 40) return undefined;
  if (version === 0 && program.length !== 20 && program.length !== 32) return undefined;
  return found.result.prefix === network.addressPrefix ? { version, program } : undefined;
}
