import type { AnnouncedPolicy } from '../world/channel.ts';
import { DEFAULT_FEES } from '../world/channel.ts';
import type { ChannelTerms } from './records.ts';

export function termsOf(policy: AnnouncedPolicy): ChannelTerms {
  const { feeBaseMsat, feePpm, htlcMinMsat, htlcMaxMsat } = policy;
  return {
    baseMsat: String(feeBaseMsat),
    ppm: String(feePpm),
    minMsat: String(htlcMinMsat),
    ...(htlcMaxMsat === undefined ? {} : { maxMsat: String(htlcMaxMsat) }),
  };
}

/** @param terms - undefined in records of older versions */
export function policyOfTerms(terms: ChannelTerms | undefined): AnnouncedPolicy {
  if (terms === undefined) return { ...DEFAULT_FEES, htlcMinMsat: 0n, htlcMaxMsat: undefined };
  const { baseMsat, ppm, minMsat = '0', maxMsat } = terms;
  return {
    feeBaseMsat: BigInt(baseMsat),
    feePpm: BigInt(ppm),
    htlcMinMsat: BigInt(minMsat),
    htlcMaxMsat: maxMsat === undefined ? undefined : BigInt(maxMsat),
  };
}
