import { required, string } from '@clnrest/lightningd/parameters';
import { isChannelAccount } from '../bookkeeper/events.ts';
import { inspectionOf } from '../bookkeeper/inspection.ts';
import { channelYields } from '../bookkeeper/channel-yield.ts';
import type { CallWith } from '../node.ts';
import { ledgerOf, PERIOD } from './bkpr-lists.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const bkprInspect = defineCommand({
  name: 'bkpr-inspect',
  parameters: { account: required(string) },
  run({ account: name }, { node }: CallWith<'bookkeeper' | 'identity'>) {
    const { books, currency } = ledgerOf(node);
    if (!isChannelAccount(name)) {
      const message = '`inspect` not supported for non-channel accounts';
      throw new CommandError(ErrorCode.pluginFailed, message);
    }
    const account = books.account(name);
    if (account === undefined) {
      throw new CommandError(ErrorCode.pluginFailed, `Account ${name} not found`);
    }
    return { txs: inspectionOf(books, account, currency) };
  },
});

export const bkprChannelsapy = defineCommand({
  name: 'bkpr-channelsapy',
  parameters: PERIOD,
  run: (
    { start_time: start, end_time: end },
    { node }: CallWith<'bookkeeper' | 'identity' | 'world'>,
  ) => ({
    channels_apy: channelYields(ledgerOf(node).books, { start, end }, node.world.chain.height),
  }),
});
