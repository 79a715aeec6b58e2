import type { JsonToken } from '@clnrest/json/tokens';
import {
  anything,
  defaulted,
  number,
  optional,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { channelId, isOurs, type Channel } from '../world/channel.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const close = defineCommand({
  name: 'close',
  parameters: {
    id: required(anything),
    unilateraltimeout: defaulted(number, 172_800),
    destination: optional(string),
    fee_negotiation_step: optional(anything),
    wrong_funding: optional(anything),
    force_lease_closed: optional(anything),
    feerange: optional(anything),
  },
  validate({ id }, { node }: CallWith<'world'>) {
    channelToClose(id, node.world);
  },
  run({ id }, { node }: CallWith<'world'>) {
    const { raw, txid, type } = node.world.close(channelToClose(id, node.world));
    return { txs: [raw.toString('hex')], txids: [txid.toString('hex')], type };
  },
});

/** A channel by its id, its short id or its peer's id. */
export function channelToClose({ text: id, raw }: JsonToken, world: World): Channel {
  const fail = (code: ErrorCode, message: string): CommandError => new CommandError(code, message);
  const ours = world.channels.living().filter(isOurs);
  const isOpen = ({ state }: Channel): boolean => state === 'CHANNELD_NORMAL';
  const named = ours.find((channel) => channelId(channel) === id || channel.scid === id);
  const peer = world.nodes.byId(id);
  const withPeer = peer === undefined ? [] : world.channelsWith(peer);
  if (named === undefined && withPeer.length === 0) {
    throw fail(
      ErrorCode.invalidParams,
      `id: should be a channel ID or short channel ID: invalid token '${raw}'`,
    );
  }
  const open = (named === undefined ? withPeer : [named]).filter(isOpen);
  const [channel] = open;
  if (channel === undefined) {
    const state = named?.state ?? withPeer[0]?.state;
    throw fail(
      ErrorCode.general,
      state === 'CHANNELD_AWAITING_LOCKIN'
        ? `Channel is in state ${state}: the sandbox closes channels that are open`
        : 'Peer has no active channel',
    );
  }
  if (open.length > 1) {
    throw fail(ErrorCode.general, 'Peer has multiple channels: use channel_id or short_channel_id');
  }
  return channel;
}
