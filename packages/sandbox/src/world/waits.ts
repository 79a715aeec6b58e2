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

/** What an index counted, and what it was that it counted last. */
interface Indexed {
  readonly value: bigint;
  readonly details: JsonObject;
}

/** What somebody waits for: that an index comes to a value. */
interface Awaited {
  readonly what: string;
  readonly next: bigint;
}

/** Where each index is kept; others stay at 0, as nothing here counts in them. */
const KEPT: Readonly<Record<string, string>> = {
  'invoices created': 'invoices_created',
  'invoices updated': 'invoices_updated',
  'invoices deleted': 'invoices_deleted',
  'sendpays created': 'payments_created',
  'sendpays updated': 'payments_created',
  'forwards created': 'forwards_created',
  'forwards updated': 'forwards_updated',
  'chainmoves created': 'chain_moves',
  'channelmoves created': 'channel_moves',
};

/** The counters of what happens to things that are listed, and who waits for them to move on. */
export class Waits {
  readonly #vars: Vars;
  readonly #notifier: Notifier;
  readonly #waiters = new Waiters<Awaited, Indexed>();

  constructor(vars: Vars, notifier: Notifier) {
    this.#vars = vars;
    this.#notifier = notifier;
  }

  value(subsystem: Subsystem, index: IndexName): bigint {
    const name = KEPT[`${subsystem} ${index}`];
    return name === undefined ? 0n : this.#vars.integer(name, 0n);
  }

  /** An index moved on. */
  counted(subsystem: Subsystem, index: IndexName, value: bigint, details: () => JsonObject): void {
    this.#notifier.whenCommitted(() => {
      const what = `${subsystem} ${index}`;
      this.#waiters.resolveWhere(
        () => ({ value, details: details() }),
        (awaited) => awaited.what === what && awaited.next <= value,
      );
    });
  }

  /** Waits until an index comes to a value that it does not have yet. */
  next(
    subsystem: Subsystem,
    index: IndexName,
    next: bigint,
    signal: AbortSignal,
  ): Promise<Indexed> {
    return this.#waiters.wait({ what: `${subsystem} ${index}`, next }, signal);
  }
}
