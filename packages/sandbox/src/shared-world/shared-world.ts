import type { WorldContext } from '../world/context.ts';
import { inTransaction } from '../world/context.ts';
import type { ApplyRecord } from './apply-record.ts';
import type { WorldJournal } from './journal.ts';
import { isOwnRecord, type OwnRecord, type SharedRecord } from './records.ts';
import { Outbox } from './outbox.ts';
import type { PartStore } from './part-store.ts';

/** The number of the last record that the node has applied. */
const APPLIED = 'world_applied';

/** Reads the journal also without a signal, because file systems can lose signals. */
const POLL_MS = 1000;

/**
 * The node's view of the shared world. The node's database changes with the journal: each record is applied once, in the
 * transaction that stores its number, so that a kill at any moment loses and repeats nothing.
 */
export class SharedWorld {
  readonly journal: WorldJournal;
  readonly parts: PartStore;
  readonly #context: WorldContext;
  readonly #apply: ApplyRecord;
  readonly #outbox: Outbox;
  readonly #named = `${process.pid} ${Date.now()}`;
  #counter = 0;
  #poll: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isWaking = false;
  /** Called after records have been applied. */
  #onChange: () => void = () => undefined;

  constructor(
    context: WorldContext,
    { journal, parts, apply }: { journal: WorldJournal; parts: PartStore; apply: ApplyRecord },
  ) {
    this.#context = context;
    this.journal = journal;
    this.parts = parts;
    this.#apply = apply;
    this.#outbox = new Outbox(context, journal);
  }

  /** Follows the journal from now on. */
  follow(onChange: () => void): void {
    this.#onChange = onChange;
    this.journal.onWake(() => this.#wakeSoon());
    this.#poll = setInterval(() => this.#wakeSoon(), POLL_MS).unref();
    this.update();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#poll);
    this.journal.close();
  }

  /** Adds a record to the current transaction. It reaches the journal after the commit. */
  publish(record: OwnRecord): void {
    this.#outbox.add(record);
    this.#context.notifier.whenCommitted(() => this.#flush());
  }

  /** Writes what this node has not written yet, and applies what other nodes have written. */
  update(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#catchUp();
    this.#onChange();
  }

  /** Lets a command see what the commands of other nodes have done before: files are watched with a delay. */
  refresh(): void {
    if (this.#poll === undefined || this.#isClosed) return;
    this.#flush();
    if (this.#catchUp()) this.#onChange();
  }

  /**
   * Writes a record that depends on what other nodes have written, and applies it.
   *
   * @param decide - called when all earlier records are applied; no record is written if it returns undefined
   * @returns the record
   */
  commit<K extends SharedRecord['kind']>(
    decide: () => (SharedRecord & { readonly kind: K }) | undefined,
  ): (SharedRecord & { readonly kind: K }) | undefined {
    if (this.#context.database.isInTransaction) {
      throw new Error('a record of the journal cannot be part of a transaction of the node');
    }
    this.#flush();
    const record = this.journal.exclusively(() => {
      this.#catchUp();
      const decided = decide();
      if (decided !== undefined) {
        const author = this.#context.keys.id;
        const name = `${author}/${this.#named}/${this.#counter++}`;
        this.journal.append(name, author, decided);
      }
      return decided;
    });
    this.#catchUp();
    if (record !== undefined) this.journal.wake();
    this.#onChange();
    return record;
  }

  #flush(): void {
    if (this.#isClosed) return;
    // A transaction without notifications is still running here: its records must not precede it.
    if (this.#context.database.isInTransaction) this.#wakeSoon();
    else if (this.#outbox.flush()) this.journal.wake();
  }

  /** Applies what the journal has. @returns whether there was anything */
  #catchUp(): boolean {
    const { database, vars, keys } = this.#context;
    for (let count = 0; ; count++) {
      const entries = this.journal.after(vars.integer(APPLIED, 0n));
      const last = entries.at(-1);
      if (last === undefined) return count > 0;
      inTransaction(this.#context, () => {
        for (const { author, record } of entries) {
          if (author !== keys.id || !isOwnRecord(record)) this.#apply.apply(record);
        }
        database.transaction(() => vars.setInteger(APPLIED, last.sequence));
      });
    }
  }

  /** Several signals arrive for one write. */
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.update();
    });
  }
}
