import type { CallWith } from '../node.ts';
import { defaulted, optional } from '../params/declaration.ts';
import type { Parser } from '../params/declaration.ts';
import { u32, u64 } from '../params/numbers.ts';
import { string } from '../params/texts.ts';
import type { AddressKind } from '../world/addresses.ts';
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

export const newaddr = defineCommand({
  name: 'newaddr',
  parameters: { addresstype: defaulted<readonly AddressKind[]>(addressType, ['p2tr']) },
  run: ({ addresstype }, { node }: CallWith<'world'>) =>
    byKind(node.world.wallet.newKey(addresstype)),
});

export const listaddresses = defineCommand({
  name: 'listaddresses',
  parameters: { address: optional(string), start: defaulted(u64, 1n), limit: optional(u32) },
  run({ address, start, limit }, { node }: CallWith<'world'>) {
    const byKey = new Map<bigint, WalletAddress[]>();
    for (const each of node.world.wallet.addresses()) {
      byKey.set(each.keyidx, [...(byKey.get(each.keyidx) ?? []), each]);
    }
    const listed = [...byKey].filter(
      ([keyidx, addresses]) =>
        keyidx >= start &&
        (address === undefined || addresses.some((each) => each.address === address)),
    );
    return {
      addresses: listed
        .slice(0, limit === undefined ? undefined : Number(limit))
        .map(([keyidx, addresses]) => Object.assign({ keyidx }, byKind(addresses))),
    };
  },
});
