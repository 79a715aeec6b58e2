import { defaulted, number, oneOf, required, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { INDEXES, SUBSYSTEMS } from '../world/waits.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { withTimeout } from './with-timeout.ts';

/** The lists that had the deprecated member `details`. Later ones never had it. */
const WITH_DETAILS: ReadonlySet<string> = new Set(['invoices', 'forwards', 'sendpays']);

export const wait = defineCommand({
  name: 'wait',
  parameters: {
    subsystem: required(oneOf(SUBSYSTEMS, 'unknown subsystem')),
    indexname: required(oneOf(INDEXES, 'unknown index')),
    nextvalue: required(u64),
  },
  async run(
    { subsystem, indexname, nextvalue },
    { node, signal }: CallWith<'configuration' | 'log' | 'world'>,
  ) {
    const { waits } = node.world;
    const now = waits.value(subsystem, indexname);
    if (now >= nextvalue) return { subsystem, [indexname]: now };
    // Programs wait for this line before they cause the event (lightningd's wait.c).
    node.log.log('trace', `waiting on ${subsystem} ${indexname} ${nextvalue}`);
    const { value, details } = await waits.next(subsystem, indexname, nextvalue, signal);
    return {
      subsystem,
      [indexname]: value,
      details:
        node.configuration.allowDeprecated && WITH_DETAILS.has(subsystem) ? details : undefined,
      [subsystem]: details,
    };
  },
});

export const waitblockheight = defineCommand({
  name: 'waitblockheight',
  parameters: { blockheight: required(number), timeout: defaulted(number, 60) },
  async run({ blockheight, timeout }, { node, signal }: CallWith<'world'>) {
    const { blocks } = node.world;
    const height = await withTimeout(
      timeout,
      signal,
      (either) => blocks.reached(blockheight, either),
      () => new CommandError(ErrorCode.waitTimedOut, 'Timed out.'),
    );
    return { blockheight: height };
  },
});
