import type { ChainRecords } from './chain-records.ts';
import type { PartRecords } from './part-records.ts';
import type { WorldRecord } from './records.ts';

/** Applies records of the journal to the node's database. Applying the same records gives the same result at each node. */
export class ApplyRecord {
  readonly #chain: ChainRecords;
  readonly #parts: PartRecords;

  constructor(chain: ChainRecords, parts: PartRecords) {
    this.#chain = chain;
    this.#parts = parts;
  }

  /** Call it within a transaction. */
  apply(record: WorldRecord): void {
    switch (record.kind) {
      case 'member':
        return this.#chain.addMember(record);
      case 'transaction':
        return this.#chain.addTransaction(Buffer.from(record.raw, 'hex'));
      case 'block':
        return this.#chain.addBlock(record);
      case 'open':
        return this.#chain.open(record);
      case 'fees':
        return this.#chain.setFees(record);
      case 'close':
        this.#chain.close(record);
        // Also in a private channel of other nodes, whose payments can pass our channels.
        return this.#parts.failThrough(record.channel);
      case 'send':
        return this.#parts.sent(record.part);
      case 'forward':
        return this.#parts.forwarded(record);
      case 'settle':
        return this.#parts.settled(record);
      case 'fail':
        return this.#parts.failed(record);
    }
  }
}
