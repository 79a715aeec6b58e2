import { BLACKLIST_END } from '@clnrest/runes';
import { bool, defaulted, optional, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { alias, defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export const blacklistrune = defineCommand({
  name: 'blacklistrune',
  parameters: { start: optional(u64), end: optional(u64), relist: defaulted(bool, false) },
  validate({ start, end = start }) {
    if (end === undefined) return;
    if (start === undefined) throw invalid('Can not specify end without start');
    if (end >= BLACKLIST_END) throw invalid(`Cannot blacklist beyond ${BLACKLIST_END}`);
    // lightningd v26.06.6 crashes on such a range.
    if (end < start) throw invalid('end can not be before start');
  },
  run({ start, end = start, relist }, { node }: CallWith<'runes'>) {
    if (start !== undefined && end !== undefined) {
      if (relist) node.runes.relist(start, end);
      else node.runes.blacklist(start, end);
    }
    return {
      blacklist: node.runes.blacklisted.map(({ first, last }) => ({ start: first, end: last })),
    };
  },
});

export const destroyrune = alias('destroyrune', blacklistrune);

export const commandoBlacklist = alias('commando-blacklist', blacklistrune);
