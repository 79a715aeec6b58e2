import type { Vars } from '../database/vars.ts';
import type { JsonObject } from '../json/output.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { Waiters } from '../waiters.ts';

export const SUBSYSTEMS = [
  'invoices',
  'forwards',
  'sendpays',
  'htlcs',
  'chainmoves',
  'channelmoves',
  'networkevents',
] as const;

type Subsystem = (typeof SUBSYSTEMS)[number];

export const INDEXES = ['created', 'updated', 'deleted'] as const;

export type IndexName = (typeof INDEXES)[number];

/** The value of an index, and the details of the item that it counted last. */
interface IndexUpdate {
  readonly value: bigint;
  readonly details: JsonObject;
}

/** The index and the value that a caller waits for. */
interface AwaitedIndex {
  readonly what: string;
  readonly next: bigint;
}

/** The indexes of HTLCs, which the database calculates. */
interface HtlcIndexes {
  value(index: IndexName): bigint;
}

/** The variable of each index. lightningd does not count the other indexes either: they stay at 0. */
const VARIABLES: Readonly<Record<string, string>> = {
  'invoices created': 'invoices_created',
  'invoices updated': 'invoices_updated',
  'invoices deleted': 'invoices_deleted',
  'sendpays created': 'payments_created',
  'sendpays updated': 'payments_updated',
  'sendpays deleted': 'payments_deleted',
  'forwards created': 'forwards_created',
  'forwards updated': 'forwards_updated',
  'forwards deleted': 'forwards_deleted',
  'chainmoves created': 'chain_moves',
  'channelmoves created': 'channel_moves',
  'networkevents created': 'network_events_created',
  'networkevents deleted': 'network_events_deleted',
};

/** The indexes of the `wait` command, and the callers that wait for them. */
export class Waits {
  readonly #vars: Vars;
  readonly #notifier: Notifier;
  readonly #waiters = new Waiters<AwaitedIndex, IndexUpdate>();
  htlcs: HtlcIndexes | undefined;

  constructor(vars: Vars, notifier: Notifier) {
    this.#vars = vars;
    this.#notifier = notifier;
  }

  value(subsystem: Subsystem, index: IndexName): bigint {
    if (subsystem === 'htlcs') return this.htlcs?.value(index) ?? 0n;
    const name = VARIABLES[`${subsystem} ${index}`];
    return name === undefined ? 0n : this.#vars.integer(name, 0n);
  }

  /** Resolves the waits for an index that increased. */
  counted(subsystem: Subsystem, index: IndexName, value: bigint, details: () => JsonObject): void {
    this.#notifier.whenCommitted(() => {
      const what = `${subsystem} ${index}`;
      this.#waiters.resolveWhere(
        () => ({ value, details: details() }),
        (awaited) => awaited.what === what && awaited.next <= value,
      );
    });
  }

  /** Whether a caller waits for an index of the list. */
  isAwaited(subsystem: Subsystem): boolean {
    return INDEXES.some((index) =>
      this.#waiters.has(({ what }) => what === `${subsystem} ${index}`),
    );
  }

  /** Waits until an index reaches a value above the current one. */
  next(
    subsystem: Subsystem,
    index: IndexName,
    next: bigint,
    signal: AbortSignal,
  ): Promise<IndexUpdate> {
    return this.#waiters.wait({ what: `${subsystem} ${index}`, next }, signal);
  }
}
