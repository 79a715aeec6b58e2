import { nodeId, optional, shortChannelId } from '@clnrest/lightningd/parameters';
import { FEATURES } from '../features.ts';
import type { JsonObject } from '../json/output.ts';
import { aliasFor, colorFor } from '../keys/alias.ts';
import type { CallWith } from '../node.ts';
import {
  announcedPolicy,
  capacityMsat,
  CLTV_DELTA,
  directionFrom,
  limitsOf,
  type Channel,
} from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** The public channels. */
function publicChannels(world: World): Channel[] {
  return world.channels
    .living()
    .filter(({ state, announced }) => state === 'CHANNELD_NORMAL' && announced);
}

/** The ids of both ends. */
function endIds(channel: Channel, world: World): readonly [string, string] {
  return [world.nodes.idOf(channel.opener), world.nodes.idOf(channel.other)];
}

/** The nodes of the graph: those with public channels. */
export function publicNodeIds(world: World): ReadonlySet<string> {
  return new Set(publicChannels(world).flatMap((channel) => endIds(channel, world)));
}

/** When the channel opened, in seconds since 1970. Its gossip has not changed since. */
function openedAt({ changes }: Channel): number {
  return Math.floor(
    Date.parse(changes.find(({ new_state }) => new_state === 'CHANNELD_NORMAL')?.timestamp ?? '') /
      1000,
  );
}

export const listnodes = defineCommand({
  name: 'listnodes',
  parameters: { id: optional(nodeId) },
  run({ id }, { node }: CallWith<'identity' | 'world'>) {
    const seen = new Map<string, number>();
    for (const channel of publicChannels(node.world)) {
      for (const end of endIds(channel, node.world)) {
        seen.set(end, Math.max(seen.get(end) ?? 0, openedAt(channel)));
      }
    }
    const wanted = [...seen].filter(([each]) => id === undefined || each === id);
    return {
      nodes: wanted.map(([nodeid, last_timestamp]) => ({
        nodeid,
        alias: nodeid === node.identity.id ? node.identity.alias : aliasOf(nodeid, node.world),
        color: nodeid === node.identity.id ? node.identity.color : colorOf(nodeid, node.world),
        last_timestamp,
        features: FEATURES.node,
        addresses: [],
      })),
    };
  },
});

function aliasOf(id: string, world: World): string {
  const node = world.nodes.byId(id);
  return node?.member?.alias ?? node?.name ?? aliasFor(id);
}

function colorOf(id: string, world: World): string {
  return world.nodes.byId(id)?.member?.color ?? colorFor(id);
}

export const listchannels = defineCommand({
  name: 'listchannels',
  parameters: {
    short_channel_id: optional(shortChannelId),
    source: optional(nodeId),
    destination: optional(nodeId),
  },
  validate({ short_channel_id, source, destination }) {
    const given = [short_channel_id, source, destination].filter((one) => one !== undefined);
    if (given.length < 2) return;
    throw new CommandError(
      ErrorCode.invalidParams,
      'Can only specify one of `short_channel_id`, `source` or `destination`',
    );
  },
  run({ short_channel_id, source, destination }, { node }: CallWith<'world'>) {
    const usable = new Set(node.world.payments.usable().map(({ key }) => key));
    const both = publicChannels(node.world).flatMap((channel) => {
      const [first, second] = endIds(channel, node.world);
      const [lesser, greater] = first < second ? [first, second] : [second, first];
      const active = usable.has(channel.key);
      return [
        directionJson(channel, lesser, greater, active, node.world),
        directionJson(channel, greater, lesser, active, node.world),
      ];
    });
    return {
      channels: both.filter(
        (one) =>
          (short_channel_id ?? one['short_channel_id']) === one['short_channel_id'] &&
          (source ?? one['source']) === one['source'] &&
          (destination ?? one['destination']) === one['destination'],
      ),
    };
  },
});

function directionJson(
  channel: Channel,
  source: string,
  destination: string,
  active: boolean,
  world: World,
): JsonObject {
  const isOurDirection = source === world.nodes.idOf(OURS);
  const from = world.nodes.byId(source)?.number ?? OURS;
  const policy = announcedPolicy(channel, from);
  const { feeBaseMsat, feePpm } = policy;
  const limits = limitsOf(channel, policy);
  const direction = directionFrom(source, destination);
  return {
    source,
    destination,
    short_channel_id: channel.scid,
    direction,
    public: true,
    amount_msat: capacityMsat(channel),
    message_flags: 1,
    channel_flags: active ? direction : direction + 2,
    active,
    last_update: openedAt(channel),
    base_fee_millisatoshi: feeBaseMsat,
    fee_per_millionth: feePpm,
    delay: isOurDirection ? world.context.channelDefaults.cltvDelta : CLTV_DELTA,
    htlc_minimum_msat: limits.minimumMsat,
    htlc_maximum_msat: limits.maximumMsat,
    features: '',
  };
}
