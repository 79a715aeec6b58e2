import type { JsonToken } from '@clnrest/json/tokens';
import {
  bytesOfHex,
  defaulted,
  invalidToken,
  oneOf,
  optional,
  type Parser,
  shortChannelIdOf,
  u32,
  u64,
} from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { channelId, isOurs, type Channel } from '../world/channel.ts';
import { type Htlc, stateName } from '../world/htlc-store.ts';
import { INDEXES } from '../world/waits.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';

/** The token, if it is a channel id or a short channel id. */
const channelName: Parser<JsonToken> = (token, name) => {
  const isId = bytesOfHex(token.text)?.length === 32;
  if (isId || shortChannelIdOf(token.text) !== undefined) return token;
  throw invalidToken(name, 'must be channel id or short channel id', token);
};

export const listhtlcs = defineCommand({
  name: 'listhtlcs',
  parameters: {
    id: optional(channelName),
    index: optional(oneOf(INDEXES, 'unknown index')),
    start: defaulted(u64, 0n),
    limit: optional(u32),
  },
  validate: ({ id }, { node }: CallWith<'world'>) => void (id && channelOf(id, node.world)),
  run: ({ id, index, start, limit }, { node: { world } }: CallWith<'world'>) => ({
    htlcs: world.htlcs
      .list({
        channel: id && channelOf(id, world).key,
        index: index === 'updated' ? index : 'created',
        start,
        limit,
      })
      .map(htlcJson),
  }),
});

/** One of our channels, by its id or its short channel id. */
function channelOf(token: JsonToken, world: World): Channel {
  const id = bytesOfHex(token.text)?.toString('hex');
  const scid = shortChannelIdOf(token.text);
  const channel = world.channels
    .living()
    .find(
      (each) => isOurs(each) && (id === undefined ? each.scid === scid : channelId(each) === id),
    );
  if (channel === undefined) throw invalidToken('id', 'unknown channel', token);
  return channel;
}

export function htlcJson(htlc: Htlc): JsonObject {
  return {
    created_index: htlc.createdIndex,
    updated_index: htlc.updatedIndex,
    short_channel_id: htlc.scid,
    id: htlc.id,
    expiry: htlc.expiry,
    direction: htlc.direction,
    amount_msat: htlc.amountMsat,
    payment_hash: htlc.paymentHash.toString('hex'),
    state: stateName(htlc),
  };
}
