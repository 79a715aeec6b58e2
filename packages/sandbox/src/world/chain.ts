import type { Database, Statement } from '../database/database.ts';
import type { Row } from '../database/row.ts';
import {
  displayedHash,
  readTransaction,
  serialize,
  txidOf,
  type Outpoint,
  type SpentOutput,
  type TransactionBody,
} from './transaction.ts';

/** The owner of an output is the number of a node, or one of these. */
export const STRANGER = -1n;
export const CHANNEL = -2n;
export const DELAYED = -3n;

/** On regtest, the first coinbase output can be spent after 100 blocks. */
const FIRST_HEIGHT = 101;

/** Two weeks of blocks: lightningd reserves the inputs of a transaction for that time. */
const RESERVATION_BLOCKS = 2016;

interface Block {
  readonly height: number;
  readonly hash: Buffer;
}

/** A block that can be added to the chain. */
export interface NewBlock extends Block {
  /** Seconds since 1970. */
  readonly time: bigint;
  /** Pending transactions, in the order of the block. */
  readonly txids: readonly Buffer[];
}

/** A transaction output and its state. */
export interface Output extends SpentOutput {
  readonly owner: bigint;
  readonly spentBy: Buffer | undefined;
  readonly reservedTo: bigint | undefined;
  /** The height of its transaction; undefined while the transaction is pending. */
  readonly height: number | undefined;
}

export interface OwnedOutput {
  readonly amountSat: bigint;
  readonly script: Buffer;
  readonly owner: bigint;
}

/** A transaction in the database. */
export interface StoredTransaction {
  readonly txid: Buffer;
  readonly raw: Buffer;
  readonly height: number | undefined;
  readonly position: number | undefined;
}

const OUTPUTS = `SELECT o.txid, o.vout, o.owner, o.amount_sat, o.script, o.spent_by, o.reserved_to, t.height
  FROM outputs o JOIN transactions t ON t.txid = o.txid`;

const TRANSACTIONS = 'SELECT txid, raw, height, position FROM transactions';

/** The blocks, the confirmed and pending transactions, and the owners of their outputs. */
export class Chain {
  readonly #statements: Record<
    | 'tip'
    | 'blocksFrom'
    | 'addBlock'
    | 'addTransaction'
    | 'addOutput'
    | 'owner'
    | 'spend'
    | 'reserve'
    | 'output'
    | 'pending'
    | 'confirm'
    | 'transaction'
    | 'at'
    | 'transactions'
    | 'outputsOf'
    | 'spentBy'
    | 'owned'
    | 'unspent',
    Statement
  >;

  /** Called with each transaction that our node adds, within its database transaction. */
  onAdded: (raw: Buffer) => void = () => undefined;

  /** @param now - the time of the first block */
  constructor(database: Database, now: bigint) {
    this.#statements = {
      tip: database.prepare('SELECT height, hash FROM blocks ORDER BY height DESC LIMIT 1'),
      blocksFrom: database.prepare(
        'SELECT height, hash FROM blocks WHERE height >= ? ORDER BY height',
      ),
      addBlock: database.prepare('INSERT INTO blocks (height, hash, time) VALUES (?, ?, ?)'),
      addTransaction: database.prepare('INSERT INTO transactions (txid, raw) VALUES (?, ?)'),
      addOutput: database.prepare(
        'INSERT INTO outputs (txid, vout, owner, amount_sat, script) VALUES (?, ?, ?, ?, ?)',
      ),
      owner: database.prepare('UPDATE outputs SET owner = ? WHERE txid = ? AND vout = ?'),
      spend: database.prepare(
        'UPDATE outputs SET spent_by = ?, reserved_to = COALESCE(?, reserved_to) WHERE txid = ? AND vout = ? AND spent_by IS NULL',
      ),
      reserve: database.prepare('UPDATE outputs SET reserved_to = ? WHERE txid = ? AND vout = ?'),
      output: database.prepare(`${OUTPUTS} WHERE o.txid = ? AND o.vout = ?`),
      pending: database.prepare(`${TRANSACTIONS} WHERE height IS NULL ORDER BY id`),
      confirm: database.prepare('UPDATE transactions SET height = ?, position = ? WHERE txid = ?'),
      transaction: database.prepare(`${TRANSACTIONS} WHERE txid = ?`),
      at: database.prepare(`${TRANSACTIONS} WHERE height = ? AND position = ?`),
      transactions: database.prepare(`${TRANSACTIONS} ORDER BY id`),
      outputsOf: database.prepare(`${OUTPUTS} WHERE o.txid = ? ORDER BY o.vout`),
      spentBy: database.prepare(`${OUTPUTS} WHERE o.spent_by = ? ORDER BY o.txid, o.vout`),
      owned: database.prepare(`${OUTPUTS} WHERE o.owner = ? ORDER BY t.id, o.vout`),
      unspent: database.prepare(
        `${OUTPUTS} WHERE o.owner = ? AND o.spent_by IS NULL ORDER BY t.id, o.vout`,
      ),
    };
    if (this.#statements.tip.first() === undefined) {
      this.#append(blockAfter({ height: FIRST_HEIGHT - 1, hash: Buffer.alloc(32) }, now, []));
    }
  }

  get tip(): Block {
    return blockOf(this.#statements.tip.one());
  }

  /** The blocks from a height on. */
  blocksFrom(height: bigint): Block[] {
    return this.#statements.blocksFrom.all(height).map(blockOf);
  }

  get height(): number {
    return this.tip.height;
  }

  /** Adds a pending transaction. */
  add(
    body: Omit<TransactionBody, 'outputs' | 'locktime'>,
    outputs: readonly OwnedOutput[],
  ): { txid: Buffer; raw: Buffer } {
    const raw = serialize({ ...body, outputs, locktime: this.height });
    const reservedTo = BigInt(this.height + RESERVATION_BLOCKS);
    const added = this.#insert(raw, body.inputs, outputs, reservedTo);
    this.onAdded(raw);
    return added;
  }

  /**
   * Adds a pending transaction of any inputs that exist. The reservations of its inputs stay.
   *
   * @param ownerOf - the owner of each output
   */
  publish(raw: Buffer, ownerOf: (script: Buffer) => bigint): { txid: Buffer; raw: Buffer } {
    const added = this.include(raw, ({ script }) => ownerOf(script));
    this.onAdded(raw);
    return added;
  }

  /** An output by its outpoint. */
  output({ txid, vout }: Outpoint): Output | undefined {
    const row = this.#statements.output.first(txid, BigInt(vout));
    return row === undefined ? undefined : outputOf(row);
  }

  /** Sets the height up to which an output is reserved. */
  reserve({ txid, vout }: Outpoint, reservedTo: bigint | undefined): void {
    this.#statements.reserve.run(reservedTo ?? null, txid, BigInt(vout));
  }

  /** Adds a pending transaction of another node. @param ownerOf - of each output */
  include(
    raw: Buffer,
    ownerOf: (output: { readonly script: Buffer }) => bigint,
  ): { txid: Buffer; raw: Buffer } {
    const { inputs, outputs } = readTransaction(raw);
    const owned = outputs.map(({ amountSat, script }) => {
      return { amountSat, script, owner: ownerOf({ script }) };
    });
    return this.#insert(raw, inputs, owned, undefined);
  }

  /** A block with all pending transactions. */
  nextBlock(now: bigint): NewBlock {
    const txids = this.#statements.pending.all().map((row) => row.bytes('txid'));
    return blockAfter(this.tip, now, txids);
  }

  /** Adds a block. @returns its transactions */
  connect(block: NewBlock): StoredTransaction[] {
    this.#append(block);
    // Position 0 is the coinbase transaction.
    return block.txids.map((txid, index) => {
      const position = index + 1;
      this.#statements.confirm.run(BigInt(block.height), BigInt(position), txid);
      const { raw } = transactionOf(this.#statements.transaction.one(txid));
      return { txid, raw, height: block.height, position };
    });
  }

  setOwner({ txid, vout }: Outpoint, owner: bigint): void {
    this.#statements.owner.run(owner, txid, BigInt(vout));
  }

  transaction(txid: Buffer): StoredTransaction | undefined {
    const row = this.#statements.transaction.first(txid);
    return row === undefined ? undefined : transactionOf(row);
  }

  /** The transaction at a position of a block. */
  transactionAt(height: number, position: number): StoredTransaction | undefined {
    const row = this.#statements.at.first(BigInt(height), BigInt(position));
    return row === undefined ? undefined : transactionOf(row);
  }

  transactions(): StoredTransaction[] {
    return this.#statements.transactions.all().map(transactionOf);
  }

  outputsOf(txid: Buffer): Output[] {
    return this.#statements.outputsOf.all(txid).map(outputOf);
  }

  /** The outputs that a transaction spends. */
  spentBy(txid: Buffer): Output[] {
    return this.#statements.spentBy.all(txid).map(outputOf);
  }

  owned(owner: bigint): Output[] {
    return this.#statements.owned.all(owner).map(outputOf);
  }

  unspent(owner: bigint): Output[] {
    return this.#statements.unspent.all(owner).map(outputOf);
  }

  #append({ height, hash, time }: Omit<NewBlock, 'txids'>): void {
    this.#statements.addBlock.run(BigInt(height), hash, time);
  }

  #insert(
    raw: Buffer,
    inputs: readonly Outpoint[],
    outputs: readonly OwnedOutput[],
    reservedTo: bigint | undefined,
  ): { txid: Buffer; raw: Buffer } {
    const txid = txidOf(raw);
    this.#statements.addTransaction.run(txid, raw);
    for (const input of inputs) {
      this.#statements.spend.run(txid, reservedTo ?? null, input.txid, BigInt(input.vout));
    }
    for (const [vout, { owner, amountSat, script }] of outputs.entries()) {
      this.#statements.addOutput.run(txid, BigInt(vout), owner, amountSat, script);
    }
    return { txid, raw };
  }
}

/** The block with these transactions that follows another one. */
function blockAfter(previous: Block, time: bigint, txids: readonly Buffer[]): NewBlock {
  const height = previous.height + 1;
  const parts = [previous.hash, Buffer.from(`${height} ${time}`), ...txids];
  return { height, hash: displayedHash(Buffer.concat(parts)), time, txids };
}

function blockOf(row: Row): Block {
  return { height: row.number('height'), hash: row.bytes('hash') };
}

function transactionOf(row: Row): StoredTransaction {
  return {
    txid: row.bytes('txid'),
    raw: row.bytes('raw'),
    height: row.optionalNumber('height'),
    position: row.optionalNumber('position'),
  };
}

function outputOf(row: Row): Output {
  return {
    txid: row.bytes('txid'),
    vout: row.number('vout'),
    owner: row.integer('owner'),
    amountSat: row.integer('amount_sat'),
    script: row.bytes('script'),
    spentBy: row.optionalBytes('spent_by'),
    reservedTo: row.optionalInteger('reserved_to'),
    height: row.optionalNumber('height'),
  };
}

/** An outpoint as `txid:vout`, the format of notifications. */
export function outpointText({ txid, vout }: Outpoint): string {
  return `${txid.toString('hex')}:${vout}`;
}

/** Reads the format of {@link outpointText}. */
export function outpointOf(text: string): Outpoint {
  const [txid = '', vout] = text.split(':');
  return { txid: Buffer.from(txid, 'hex'), vout: Number(vout) };
}
