import { NANOSECONDS_PER_SECOND, type Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Vars } from '../database/vars.ts';
import type { NodeKeys } from '../keys/node-keys.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Network } from '../options/network.ts';

/** What the parts of the world are made with. */
export interface WorldParts {
  readonly database: Database;
  readonly vars: Vars;
  readonly keys: NodeKeys;
  readonly network: Network;
  readonly clock: Clock;
  readonly notifier: Notifier;
  /** Notifications have members that lightningd is about to give up, unless told otherwise. */
  readonly deprecated: boolean;
}

/**
 * Something that happens in the world: all of it in one transaction, and told when that is done.
 * Balances add up because nothing can happen by halves.
 */
export const happening = <T>({ database, notifier }: WorldParts, work: () => T): T =>
  notifier.deferDuring(() => database.transaction(work));

/** Whole seconds since 1970. */
export const secondsOf = (time: bigint): bigint => time / NANOSECONDS_PER_SECOND;
