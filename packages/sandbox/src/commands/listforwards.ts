import {
  defaulted,
  oneOf,
  optional,
  shortChannelId,
  u32,
  u64,
} from '@clnrest/lightningd/parameters';
import type { JsonOutput } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { forwardJson, type Forward } from '../world/forward.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const STATUSES = ['offered', 'settled', 'local_failed', 'failed'] as const;

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export const listforwards = defineCommand({
  name: 'listforwards',
  parameters: {
    status: optional(oneOf(STATUSES, 'Unrecognized status')),
    in_channel: optional(shortChannelId),
    out_channel: optional(shortChannelId),
    index: optional(oneOf(['created', 'updated'] as const, 'unknown index')),
    start: defaulted(u64, 0n),
    limit: optional(u32),
  },
  validate({ start, limit, index, in_channel, out_channel }) {
    if (start !== 0n && index === undefined) throw invalid('Can only specify {start} with {index}');
    if (limit !== undefined && index === undefined) {
      throw invalid('Can only specify {limit} with {index}');
    }
    if ((in_channel ?? out_channel) !== undefined && start !== 0n) {
      throw invalid('Cannot use start with in_channel or out_channel');
    }
  },
  run: ({ status, in_channel, out_channel, index, start, limit }, { node }: CallWith<'world'>) => ({
    forwards: written(node.world.forwards.list(start), limit, (forward) => {
      if (index === 'updated' && forward.status === 'local_failed') return false;
      return (
        (status ?? forward.status) === forward.status &&
        (in_channel ?? forward.inChannel) === forward.inChannel &&
        (out_channel ?? forward.outChannel) === forward.outChannel
      );
    }),
  }),
});

function* written(
  forwards: Iterable<Forward>,
  limit: bigint | undefined,
  matches: (forward: Forward) => boolean,
): Generator<JsonOutput> {
  let left = limit;
  for (const forward of forwards) {
    if (left === 0n) return;
    if (!matches(forward)) continue;
    yield forwardJson(forward);
    if (left !== undefined) left--;
  }
}
