import type { Status } from './command-table/entry.ts';

/** The exit statuses of every subcommand. */
export const EXIT = {
  /** The command did what it was asked for. */
  ok: 0,
  /** The command ran, and the result is negative: refused, failed, or with problems. */
  failed: 1,
  /** The node or the gateway is not reachable. */
  unreachable: 2,
  /** The command line, or something that it names, is not usable. */
  usage: 3,
  /** The program has a fault. */
  internal: 4,
} as const satisfies Readonly<Record<string, Status>>;

/** The general meaning of each status, for help and the reference. */
export const STATUS_MEANINGS: Readonly<Record<Status, string>> = {
  0: 'success',
  1: 'the result is negative: refused, failed, or with problems',
  2: 'the node or the gateway is not reachable',
  3: 'the command line, or a file or value that it names, is not valid',
  4: 'an internal error of clnrest',
};
