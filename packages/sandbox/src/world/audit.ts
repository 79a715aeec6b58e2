import type { Database, Statement } from '../database/database.ts';
import type { Vars } from '../database/vars.ts';
import { OURS } from './nodes.ts';
import { CHANNEL, DELAYED, STRANGER } from './chain.ts';

/** The location of all money of the world. */
interface Accounts {
  readonly mintedSat: bigint;
  /** By node number; our node is number 0. */
  readonly onChainSat: ReadonlyMap<bigint, bigint>;
  readonly inChannelsSat: bigint;
  readonly paidAwaySat: bigint;
  readonly feesSat: bigint;
  /** True if the accounts add up to the minted amount, and the channels to their funding outputs. */
  readonly balanced: boolean;
}

/** Checks that the ledger is balanced. */
export class Audit {
  readonly #vars: Vars;
  readonly #unspent: Statement;
  readonly #fees: Statement;
  readonly #funded: Statement;
  readonly #overdrawn: Statement;

  constructor(database: Database, vars: Vars) {
    this.#vars = vars;
    this.#unspent = database.prepare(
      'SELECT owner, SUM(amount_sat) AS total FROM outputs WHERE spent_by IS NULL GROUP BY owner',
    );
    // A transaction without known inputs mints money, so it pays no fee: the join leaves it out.
    this.#fees = database.prepare(
      `SELECT COALESCE(SUM(spent.total - made.total), 0) AS fees FROM
         (SELECT spent_by AS txid, SUM(amount_sat) AS total FROM outputs WHERE spent_by IS NOT NULL GROUP BY spent_by) spent
         JOIN (SELECT t.txid AS txid, COALESCE(SUM(o.amount_sat), 0) AS total
               FROM transactions t LEFT JOIN outputs o ON o.txid = t.txid GROUP BY t.txid) made
         ON made.txid = spent.txid`,
    );
    this.#funded = database.prepare(
      'SELECT COALESCE(SUM(capacity_sat), 0) AS funded FROM channels WHERE closing_txid IS NULL',
    );
    this.#overdrawn = database.prepare(
      'SELECT COUNT(*) AS overdrawn FROM channels WHERE opener_msat < 0 OR opener_msat > capacity_sat * 1000',
    );
  }

  accounts(): Accounts {
    const byOwner = new Map(
      this.#unspent.all().map((row) => [row.integer('owner'), row.integer('total')]),
    );
    const of = (owner: bigint): bigint => byOwner.get(owner) ?? 0n;
    const mintedSat = this.#vars.integer('minted_sat', 0n);
    const feesSat = this.#fees.one().integer('fees');
    const funded = this.#funded.one().integer('funded');
    const total = [...byOwner.values()].reduce((sum, each) => sum + each, feesSat);
    const onChainSat = new Map([...byOwner].filter(([owner]) => owner >= OURS));
    onChainSat.set(OURS, of(OURS) + of(DELAYED));
    return {
      mintedSat,
      onChainSat,
      inChannelsSat: of(CHANNEL),
      paidAwaySat: of(STRANGER),
      feesSat,
      balanced:
        total === mintedSat &&
        funded === of(CHANNEL) &&
        this.#overdrawn.one().integer('overdrawn') === 0n,
    };
  }
}
