import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Vars } from '../database/vars.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { LogLevel } from '../log/level.ts';
import type { LogBook } from '../log/log-book.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Network } from '../options/network.ts';
import type { ChannelDefaults } from './channel-defaults.ts';

/** The services that all classes of the simulated network use: database, keys, clock, log and notifications. */
export interface WorldContext {
  readonly database: Database;
  readonly vars: Vars;
  readonly keys: NodeKeys;
  readonly network: Network;
  readonly clock: Clock;
  readonly notifier: Notifier;
  readonly logBook: Pick<LogBook, 'logger'>;
  /** True if notifications include deprecated members (`allow-deprecated-apis`). */
  readonly deprecated: boolean;
  /** What the wallet keeps to close channels with anchors (`min-emergency-msat`), in satoshi. */
  readonly emergencySat: bigint;
  readonly channelDefaults: ChannelDefaults;
}

/**
 * Runs work in one database transaction and emits its notifications after the commit. If the work
 * throws, nothing changes and no notification is emitted.
 */
export function inTransaction<T>({ database, notifier }: WorldContext, work: () => T): T {
  return notifier.deferDuring(() => database.transaction(work));
}

/** Logs after the commit, as lightningd logs only what it stores. */
export function logCommitted(
  { logBook, notifier }: WorldContext,
  level: LogLevel,
  { source, peer }: { readonly source: string; readonly peer?: string },
  message: string,
): void {
  notifier.whenCommitted(() => logBook.logger(source, peer).log(level, message));
}
