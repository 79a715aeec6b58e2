import { oneOf, required, shortChannelId, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const STATUSES = ['settled', 'failed', 'local_failed'] as const;

export const delforward = defineCommand({
  name: 'delforward',
  parameters: {
    in_channel: required(shortChannelId),
    in_htlc_id: required(u64),
    status: required(oneOf(STATUSES, 'Unrecognized status')),
  },
  run({ in_channel: channel, in_htlc_id: htlc, status }, { node }: CallWith<'world'>) {
    if (node.world.forwards.remove(channel, htlc, status)) return {};
    throw new CommandError(ErrorCode.forwardNotFound, 'Could not find that forward');
  },
});
