import { millisatoshi } from '@clnrest/lightningd/parameters';
import type { OptionRegistry } from '../options/registry.ts';
import { boolValue, intValue } from '../options/values.ts';
import { CLTV_DELTA, FEE_BASE_MSAT, FEE_PER_MILLION, type Policy } from './channel.ts';

/** What the options of the node set for channels. */
export interface ChannelDefaults {
  /** Of a new channel. */
  readonly policy: Policy;
  /** The number of blocks that a forward needs (`cltv-delta`), in all channels. */
  readonly cltvDelta: number;
  /** The minimum capacity of a new channel without its reserves. `setconfig` can change it. */
  readonly minCapacitySat: () => bigint;
}

/** Reads `fee-base`, `fee-per-satoshi`, `htlc-minimum-msat`, `htlc-maximum-msat`, `cltv-delta` and others. */
export function channelDefaults(options: OptionRegistry): ChannelDefaults {
  const integer = (name: string): bigint | undefined => intValue(options.value(name) ?? '');
  const amount = (name: string): bigint | undefined => millisatoshi(options.value(name) ?? '');
  return {
    policy: {
      feeBaseMsat: integer('fee-base') ?? FEE_BASE_MSAT,
      feePpm: integer('fee-per-satoshi') ?? FEE_PER_MILLION,
      htlcMinMsat: amount('htlc-minimum-msat') ?? 0n,
      htlcMaxMsat: amount('htlc-maximum-msat'),
      ignoresFeeLimits: boolValue(options.value('ignore-fee-limits') ?? '') ?? true,
    },
    cltvDelta: Number(integer('cltv-delta') ?? BigInt(CLTV_DELTA)),
    minCapacitySat: () => integer('min-capacity-sat') ?? 10_000n,
  };
}
