import { defaulted } from '@clnrest/lightningd/parameters';
import { withNanoseconds } from '../clock.ts';
import type { JsonOutput } from '../json/output.ts';
import { isAtLeast, type LogLevel } from '../log/level.ts';
import type { LogBook, LogEntry } from '../log/log-book.ts';
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
    log: logJson(node.logBook, level),
  }),
});

/** The entries up to now. @param peer - the id of the peer whose entries to return; default all entries */
export function logJson(book: LogBook, level: LogLevel, peer?: string): Iterable<JsonOutput> {
  const logged = [...book.entries()];
  const wanted = peer === undefined ? logged : logged.filter((entry) => entry.peer === peer);
  return entries(wanted, book.startedAt, level);
}

function* entries(
  logged: readonly LogEntry[],
  startedAt: bigint,
  level: LogLevel,
): Iterable<JsonOutput> {
  for (const entry of logged) {
    if (!isAtLeast(entry.level, level)) continue;
    yield {
      type: entry.level.toUpperCase(),
      time: withNanoseconds(entry.time - startedAt),
      node_id: entry.peer,
      source: entry.source,
      log: entry.message,
    };
  }
}
