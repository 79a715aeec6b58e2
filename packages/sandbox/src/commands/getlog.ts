import { defaulted } from '@clnrest/lightningd/parameters';
import { withNanoseconds } from '../clock.ts';
import type { JsonOutput } from '../json/output.ts';
import { isAtLeast, type LogLevel } from '../log/level.ts';
import type { LogEntry } from '../log/log-book.ts';
import type { CallWith } from '../node.ts';
import { logLevel } from '../params/log-level.ts';
import { defineCommand } from './command.ts';

export const getlog = defineCommand({
  name: 'getlog',
  parameters: { level: defaulted(logLevel, 'info') },
  run: ({ level }, { node }: CallWith<'logBook'>) => ({
    created_at: withNanoseconds(node.logBook.startedAt),
    bytes_used: node.logBook.size.used,
    bytes_max: node.logBook.size.maximum,
    log: entries([...node.logBook.entries()], node.logBook.startedAt, level),
  }),
});

/** The entries up to the request, without those that are logged while the reply is written. */
function* entries(
  logged: readonly LogEntry[],
  startedAt: bigint,
  level: LogLevel,
): Generator<JsonOutput> {
  for (const entry of logged) {
    if (!isAtLeast(entry.level, level)) continue;
    yield {
      type: entry.level.toUpperCase(),
      time: withNanoseconds(entry.time - startedAt),
      source: entry.source,
      log: entry.message,
    };
  }
}
