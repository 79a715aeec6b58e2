import {
  defaulted,
  nodeId,
  oneOf,
  optional,
  required,
  u32,
  u64,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { INDEXES } from '../world/waits.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const listnetworkevents = defineCommand({
  name: 'listnetworkevents',
  parameters: {
    id: optional(nodeId),
    // lightningd v26.06.6 reads the index, and always uses `created`.
    index: optional(oneOf(INDEXES, 'unknown index')),
    start: defaulted(u64, 0n),
    limit: optional(u32),
  },
  run: ({ id, start, limit }, { node: { world } }: CallWith<'world'>) => ({
    networkevents: world.networkEvents.list({ peerId: id, start, limit }).map((event) => ({
      created_index: event.index,
      peer_id: event.peerId,
      type: event.type,
      timestamp: event.timestamp,
      reason: event.reason,
      duration_nsec: event.durationNsec === 0n ? undefined : event.durationNsec,
      connect_attempted: event.type === 'connect_fail' ? event.isAttempted : undefined,
    })),
  }),
});

export const delnetworkevent = defineCommand({
  name: 'delnetworkevent',
  parameters: { created_index: required(u64) },
  run({ created_index }, { node }: CallWith<'world'>) {
    if (node.world.networkEvents.remove(created_index)) return {};
    throw new CommandError(ErrorCode.networkEventNotFound, 'Could not find that networkevent');
  },
});
