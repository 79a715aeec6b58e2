import { compareNumbers, compareText, type ChainEvent } from './events.ts';

const NOTHING: readonly ChainEvent[] = [];

/** The moves on the chain, found by their transactions. */
export class ChainEvents {
  readonly all: ChainEvent[] = [];
  /** The moves that create or spend outputs of a transaction. */
  readonly #byOutput = new Map<string, ChainEvent[]>();
  /** The moves that a transaction makes: what it spends, and what it creates. */
  readonly #byTransaction = new Map<string, ChainEvent[]>();
  /** The heights of payments to others, which had none when they were made. */
  readonly #heights = new Map<string, number>();

  add(event: ChainEvent): void {
    this.all.push(event);
    append(this.#byOutput, event.txid, event);
    append(this.#byTransaction, event.spendingTxid ?? event.txid, event);
  }

  /** The moves that a transaction makes, by account and number. */
  of(txid: string): ChainEvent[] {
    const events = [...(this.#byTransaction.get(txid) ?? NOTHING)];
    return events.toSorted(
      (a, b) => compareText(a.account, b.account) || compareNumbers(a.index, b.index),
    );
  }

  /** The moves of the outputs of a transaction. For each output, its creation is first. */
  ofOutputs(txid: string): ChainEvent[] {
    const events = [...(this.#byOutput.get(txid) ?? NOTHING)];
    return events.toSorted(
      (a, b) =>
        compareText(a.outpoint, b.outpoint) ||
        compareText(a.spendingTxid ?? '', b.spendingTxid ?? '') ||
        compareNumbers(a.height, b.height),
    );
  }

  heightOf({ height, txid }: ChainEvent): number {
    return height === 0 ? (this.#heights.get(txid) ?? 0) : height;
  }

  /** Notes the height of a transaction, if it paid to others before it had one. */
  confirm(txid: string, height: number): void {
    this.#heights.set(txid, height);
  }
}

function append(events: Map<string, ChainEvent[]>, txid: string, event: ChainEvent): void {
  const list = events.get(txid);
  if (list === undefined) events.set(txid, [event]);
  else list.push(event);
}
