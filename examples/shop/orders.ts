import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What the shop records. A line is written before the shop acts on it. */
export type Entry =
  | { readonly type: 'ordered'; readonly id: string; readonly bolt11: string }
  | {
      readonly type: 'paid';
      readonly id: string;
      readonly payIndex: number;
      /** What the customer receives: one line contains the payment and the delivery, so neither exists without the other. */
      readonly key: string;
    };

export interface Order {
  readonly id: string;
  readonly bolt11: string;
  readonly paid: boolean;
  readonly key?: string;
}

/** Orders in a file with one line of JSON for each entry. An entry is on the disk when `add` returns. */
export class Orders {
  readonly #orders = new Map<string, Order>();
  readonly #file: number;
  #payIndex = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'a+', 0o600);
    const bytes = readFileSync(path);
    // The shop did not act on a line without its end: it was killed, or the power failed. If the line stayed, the payment would
    // be recorded twice, each time with another key.
    const complete = bytes.lastIndexOf('\n') + 1;
    ftruncateSync(this.#file, complete);
    for (const line of bytes.toString('utf8', 0, complete).split('\n').slice(0, -1))
      this.#apply(JSON.parse(line) as Entry);
  }

  /** The index of the newest recorded payment, from which the shop continues. */
  get payIndex(): number {
    return this.#payIndex;
  }

  get(id: string): Order | undefined {
    return this.#orders.get(id);
  }

  add(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fsyncSync(this.#file);
    this.#apply(entry);
  }

  close(): void {
    closeSync(this.#file);
  }

  #apply(entry: Entry): void {
    if (entry.type === 'ordered') {
      this.#orders.set(entry.id, { id: entry.id, bolt11: entry.bolt11, paid: false });
      return;
    }
    this.#payIndex = Math.max(this.#payIndex, entry.payIndex);
    const order = this.#orders.get(entry.id);
    if (order !== undefined) this.#orders.set(entry.id, { ...order, paid: true, key: entry.key });
  }
}
