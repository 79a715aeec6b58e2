import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What the shop records. A line is written before the shop acts on it. */
export type Entry =
  | { readonly type: 'ordered'; readonly id: string; readonly bolt11: string }
  | { readonly type: 'paid'; readonly id: string; readonly payIndex: number };

export type Order = { readonly id: string; readonly bolt11: string; readonly paid: boolean };

/** Orders in a file with one line of JSON for each entry. An entry is on the disk when `add` returns. */
export class Orders {
  readonly #orders = new Map<string, Order>();
  readonly #file: number;
  #payIndex = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'a+', 0o600);
    const lines = readFileSync(path, 'utf8').split('\n');
    // A line without its end was not complete when the power failed. The shop did not act on it.
    if (lines.pop() !== '') writeSync(this.#file, '\n');
    for (const line of lines) this.#read(line);
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

  #read(line: string): void {
    try {
      this.#apply(JSON.parse(line) as Entry);
    } catch (error) {
      // The rest of an incomplete line.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  #apply(entry: Entry): void {
    if (entry.type === 'ordered') {
      this.#orders.set(entry.id, { id: entry.id, bolt11: entry.bolt11, paid: false });
      return;
    }
    this.#payIndex = Math.max(this.#payIndex, entry.payIndex);
    const order = this.#orders.get(entry.id);
    if (order !== undefined) this.#orders.set(entry.id, { ...order, paid: true });
  }
}
