import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  bool,
  defaulted,
  invalidToken,
  msat,
  nodeIdOf,
  number,
  optional,
  type Parser,
  required,
} from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import {
  channelId,
  isOurs,
  largestMsat,
  limitsOf,
  peerOf,
  type Channel,
  type Policy,
} from '../world/channel.ts';
import { inTransaction } from '../world/context.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** An amount that fits in the 32 bits of a `channel_update`. */
const msat32: Parser<bigint> = (token, name) => {
  const amount = msat(token, name);
  if (amount >> 32n !== 0n) throw invalidToken(name, 'exceeds u32 max', token);
  return amount;
};

export const setchannel = defineCommand({
  name: 'setchannel',
  parameters: {
    id: required(anything),
    feebase: optional(msat32),
    feeppm: optional(number),
    htlcmin: optional(msat),
    htlcmax: optional(msat),
    enforcedelay: defaulted(number, 600),
    ignorefeelimits: optional(bool),
  },
  validate({ id, htlcmin, htlcmax }, { node }: CallWith<'world'>) {
    channelsToSet(id, node.world);
    if (htlcmin === undefined || htlcmax === undefined || htlcmin <= htlcmax) return;
    throw new CommandError(ErrorCode.general, 'htlcmax cannot be less than htlcmin');
  },
  run(
    { id, feebase, feeppm, htlcmin, htlcmax, enforcedelay, ignorefeelimits },
    { node }: CallWith<'world'>,
  ) {
    const { world } = node;
    return inTransaction(world.context, () => ({
      channels: channelsToSet(id, world).map((channel) => {
        const { policy } = channel;
        const isTooHigh = htlcmax !== undefined && htlcmax > largestMsat(channel);
        const isTooLow = htlcmin !== undefined && htlcmin < channel.minimums.peers;
        const changed: Policy = {
          feeBaseMsat: feebase ?? policy.feeBaseMsat,
          feePpm: feeppm === undefined ? policy.feePpm : BigInt(feeppm),
          htlcMinMsat: isTooLow ? channel.minimums.peers : (htlcmin ?? policy.htlcMinMsat),
          htlcMaxMsat: isTooHigh ? largestMsat(channel) : (htlcmax ?? policy.htlcMaxMsat),
          ignoresFeeLimits: ignorefeelimits ?? policy.ignoresFeeLimits,
        };
        if (isStricter(changed, channel)) {
          const until = world.context.clock.now() + BigInt(enforcedelay) * 1_000_000_000n;
          world.forwards.previousPolicies.set(channel, until);
        }
        const set = world.channels.setPolicy(channel, changed);
        world.announcePolicy(set);
        return policyJson(set, { isTooLow, isTooHigh }, world);
      }),
    }));
  },
});

/** Forwards that satisfy the old policy can fail under the new one. */
function isStricter(changed: Policy, channel: Channel): boolean {
  const old = limitsOf(channel);
  const limits = limitsOf(channel, changed);
  return (
    changed.feeBaseMsat > channel.policy.feeBaseMsat ||
    changed.feePpm > channel.policy.feePpm ||
    limits.minimumMsat > old.minimumMsat ||
    limits.maximumMsat < old.maximumMsat
  );
}

/** @throws CommandError if no channel can be changed */
function channelsToSet(token: JsonToken, world: World): Channel[] {
  const ours = world.channels.living().filter(isOurs);
  const { text } = token;
  if (text === 'all') return ours.filter(canSet);
  const peer = nodeIdOf(text);
  const withPeer = ours.filter((channel) => world.nodes.idOf(peerOf(channel)) === peer);
  if (withPeer.length > 0) {
    const found = withPeer.filter(canSet);
    if (found.length > 0) return found;
    throw new CommandError(
      ErrorCode.general,
      'Could not find any active channels of peer with that id',
    );
  }
  const channel = ours.find((one) => channelId(one) === text || one.scid === text);
  if (channel === undefined) {
    throw invalidToken('id', problemOf(text), token);
  }
  if (!canSet(channel)) throw invalidToken('id', `Channel in state ${channel.state}`, token);
  return [channel];
}

function problemOf(text: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return 'Channel id not found';
  return /^[0-9]+x[0-9]+x[0-9]+$/.test(text)
    ? 'Short channel id not found'
    : 'should be a channel ID or short channel ID';
}

function canSet({ state }: Channel): boolean {
  return state === 'CHANNELD_NORMAL' || state === 'CHANNELD_AWAITING_LOCKIN';
}

function policyJson(
  channel: Channel,
  { isTooLow, isTooHigh }: { readonly isTooLow: boolean; readonly isTooHigh: boolean },
  world: World,
): JsonObject {
  const { policy, scid } = channel;
  const limits = limitsOf(channel);
  return {
    peer_id: world.nodes.idOf(peerOf(channel)),
    channel_id: channelId(channel),
    short_channel_id: scid,
    fee_base_msat: policy.feeBaseMsat,
    fee_proportional_millionths: policy.feePpm,
    minimum_htlc_out_msat: limits.minimumMsat,
    warning_htlcmin_too_low: isTooLow
      ? 'Set minimum_htlc_out_msat to minimum allowed by peer'
      : undefined,
    maximum_htlc_out_msat: limits.maximumMsat,
    ignore_fee_limits: policy.ignoresFeeLimits,
    warning_htlcmax_too_high: isTooHigh
      ? 'Set maximum_htlc_out_msat to maximum possible in channel'
      : undefined,
  };
}
