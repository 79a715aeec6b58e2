import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';

/** An offer or an invoice request of this node, in the database. */
export interface Published {
  /** lightningd's `offer_id` or `invreq_id`. */
  readonly id: Buffer;
  readonly bolt12: string;
  /** The label as written in the request, with its escapes. */
  readonly label: string | undefined;
  readonly active: boolean;
  readonly singleUse: boolean;
  readonly used: boolean;
  /** Invoices for an offer use the same first nodes of blinded paths. */
  readonly forcePaths: boolean;
}

const COLUMNS = 'id, bolt12, label, active, single_use, used, force_paths';

/** The offers, or the invoice requests, of this node. */
export class PublishedStore {
  readonly #statements: Record<'add' | 'byId' | 'all' | 'set', Statement>;

  constructor(database: Database, table: 'offers' | 'invoice_requests') {
    this.#statements = {
      add: database.prepare(`INSERT INTO ${table} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`),
      byId: database.prepare(`SELECT ${COLUMNS} FROM ${table} WHERE id = ?`),
      all: database.prepare(`SELECT ${COLUMNS} FROM ${table} ORDER BY id`),
      set: database.prepare(`UPDATE ${table} SET active = ?, used = ? WHERE id = ?`),
    };
  }

  add(published: Published): void {
    const { id, bolt12, label, active, singleUse, used, forcePaths } = published;
    const flags = [active, singleUse, used, forcePaths].map((flag) => (flag ? 1n : 0n));
    this.#statements.add.run(id, bolt12, label ?? null, ...flags);
  }

  byId(id: Buffer): Published | undefined {
    const row = this.#statements.byId.first(id);
    return row === undefined ? undefined : publishedOf(row);
  }

  /** In the order of their ids, as in lightningd. */
  all(): Published[] {
    return this.#statements.all.all().map(publishedOf);
  }

  setActive(published: Published, active: boolean): Published {
    return this.#set({ ...published, active });
  }

  /** Marks it as used. One for a single use is then inactive. */
  markUsed(published: Published): Published {
    return this.#set({
      ...published,
      used: true,
      active: published.active && !published.singleUse,
    });
  }

  #set(changed: Published): Published {
    this.#statements.set.run(changed.active ? 1n : 0n, changed.used ? 1n : 0n, changed.id);
    return changed;
  }
}

function publishedOf(row: Row): Published {
  return {
    id: row.bytes('id'),
    bolt12: row.text('bolt12'),
    label: row.optionalText('label'),
    active: row.integer('active') === 1n,
    singleUse: row.integer('single_use') === 1n,
    used: row.integer('used') === 1n,
    forcePaths: row.integer('force_paths') === 1n,
  };
}
