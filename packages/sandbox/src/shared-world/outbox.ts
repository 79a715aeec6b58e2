import type { Statement } from '../database/database.ts';
import type { WorldContext } from '../world/context.ts';
import type { WorldJournal } from './journal.ts';
import type { OwnRecord } from './records.ts';

/**
 * Records that are committed with the node's own changes, and reach the journal afterwards. A kill in between delays them
 * until the next start: each has a name, so the journal takes it once.
 */
export class Outbox {
  readonly #context: WorldContext;
  readonly #journal: WorldJournal;
  readonly #statements: Record<'add' | 'all' | 'remove', Statement>;

  constructor(context: WorldContext, journal: WorldJournal) {
    const { database } = context;
    this.#context = context;
    this.#journal = journal;
    this.#statements = {
      add: database.prepare('INSERT INTO world_outbox (id, body) VALUES (?, ?)'),
      all: database.prepare('SELECT id, body FROM world_outbox ORDER BY id'),
      remove: database.prepare('DELETE FROM world_outbox WHERE id = ?'),
    };
  }

  /** Call it within the transaction that makes the change. */
  add(record: OwnRecord): void {
    const id = this.#context.vars.next('world_outbox');
    this.#statements.add.run(id, JSON.stringify(record));
  }

  /** Writes the records to the journal. @returns whether there were any */
  flush(): boolean {
    const rows = this.#statements.all.all();
    if (rows.length === 0) return false;
    const author = this.#context.keys.id;
    this.#journal.exclusively(() => {
      for (const row of rows) {
        const name = `${author}/${row.integer('id')}`;
        this.#journal.append(name, author, JSON.parse(row.text('body')) as OwnRecord);
      }
    });
    this.#context.database.transaction(() => {
      for (const row of rows) this.#statements.remove.run(row.integer('id'));
    });
    return true;
  }
}
