import { defaulted, optional, type Parser, string, u32, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { scriptOf, type AddressKind } from '../world/addresses.ts';
import type { WalletAddress } from '../world/wallet.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const addressType: Parser<readonly AddressKind[]> = ({ text }, name) => {
  switch (text) {
    case 'p2tr':
    case 'bech32':
      return [text];
    case 'all':
      return ['bech32', 'p2tr'];
    default:
      throw new CommandError(
        ErrorCode.invalidParams,
        `'${name}' should be 'p2tr', 'bech32', or 'all', not '${text}'`,
      );
  }
};

function byKind(addresses: readonly WalletAddress[]): Record<string, string> {
  return Object.fromEntries(addresses.map(({ kind, address }) => [kind, address]));
}

/** Without a type, lightningd returns the address of version 0 only while deprecated APIs are on. */
function defaultKinds(deprecated: boolean): readonly AddressKind[] {
  return deprecated ? ['bech32', 'p2tr'] : ['p2tr'];
}

export const newaddr = defineCommand({
  name: 'newaddr',
  parameters: { addresstype: optional(addressType) },
  run: ({ addresstype }, { node, connection }: CallWith<'world'>) =>
    byKind(node.world.wallet.newKey(addresstype ?? defaultKinds(connection.deprecated))),
});

export const listaddresses = defineCommand({
  name: 'listaddresses',
  parameters: { address: optional(string), start: defaulted(u64, 1n), limit: optional(u32) },
  validate({ address, start }, { node }: CallWith<'identity' | 'world'>) {
    if (address !== undefined && scriptOf(address, node.identity.network) === undefined) {
      throw new CommandError(
        ErrorCode.general,
        'Could not parse destination address, address should be a valid address',
      );
    }
    if (start !== 0n) return;
    throw new CommandError(ErrorCode.invalidParams, 'Starting keyidx is 1; Cannot {start} with 0');
  },
  run({ address, start, limit }, { node }: CallWith<'identity' | 'world'>) {
    const byKey = new Map<bigint, WalletAddress[]>();
    for (const each of node.world.wallet.addresses()) {
      byKey.set(each.keyidx, [...(byKey.get(each.keyidx) ?? []), each]);
    }
    // As in lightningd, the limit counts keys, also if an address selects one of them.
    const keys = [...byKey]
      .filter(([keyidx]) => keyidx >= start)
      .slice(0, limit === undefined ? undefined : Number(limit));
    const isWanted = (each: WalletAddress): boolean =>
      address === undefined || each.address === address;
    return {
      addresses: keys
        .filter(([, addresses]) => addresses.some(isWanted))
        .map(([keyidx, addresses]) => Object.assign({ keyidx }, byKind(addresses))),
    };
  },
});
