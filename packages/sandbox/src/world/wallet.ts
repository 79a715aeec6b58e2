import { randomBytes } from 'node:crypto';
import type { Database, Statement } from '../database/database.ts';
import { addressOf, scriptForKey, type AddressKind } from './addresses.ts';
import type { Chain, Output } from './chain.ts';
import { OURS } from './nodes.ts';
import type { WorldContext } from './context.ts';
import { CORE_WEIGHT, FEERATE_PERKW, feeFor, inputWeight, outputWeight } from './transaction.ts';

export interface WalletAddress {
  readonly keyidx: bigint;
  readonly kind: AddressKind;
  readonly script: Buffer;
  readonly address: string;
}

/** The on-chain wallet of our node. */
export class Wallet {
  readonly #context: WorldContext;
  readonly #chain: Chain;
  readonly #addAddress: Statement;
  readonly #addresses: Statement;
  readonly #byScript: Statement;

  constructor(context: WorldContext, chain: Chain) {
    this.#context = context;
    this.#chain = chain;
    const { database }: { database: Database } = context;
    this.#addAddress = database.prepare(
      'INSERT INTO addresses (script, keyidx, kind) VALUES (?, ?, ?)',
    );
    this.#addresses = database.prepare(
      'SELECT script, keyidx, kind FROM addresses ORDER BY keyidx, kind',
    );
    this.#byScript = database.prepare('SELECT keyidx FROM addresses WHERE script = ?');
  }

  /** Derives a new key and returns its addresses. */
  newKey(kinds: readonly AddressKind[]): WalletAddress[] {
    const { database, vars, keys, network } = this.#context;
    return database.transaction(() => {
      const keyidx = vars.next('wallet_keys');
      const key = keys.makeSecret(walletKey(keyidx));
      return kinds.map((kind) => {
        const script = scriptForKey(key, kind);
        this.#addAddress.run(script, keyidx, kind);
        return { keyidx, kind, script, address: addressOf(script, network) };
      });
    });
  }

  /** The private key of one of our addresses. */
  keyOf(script: Buffer): Uint8Array | undefined {
    const row = this.#byScript.first(script);
    return row === undefined
      ? undefined
      : this.#context.keys.makeSecret(walletKey(row.integer('keyidx')));
  }

  newScript(): Buffer {
    return this.newKey(['p2tr'])[0]?.script ?? Buffer.alloc(0);
  }

  addresses(): WalletAddress[] {
    return this.#addresses.all().map((row) => {
      const script = row.bytes('script');
      return {
        keyidx: row.integer('keyidx'),
        kind: row.text('kind') as AddressKind,
        script,
        address: addressOf(script, this.#context.network),
      };
    });
  }

  isOurs(script: Buffer): boolean {
    return this.#byScript.first(script) !== undefined;
  }

  /** Creates money in a pending transaction. */
  mint(amountSat: bigint, script: Buffer, owner = OURS): Output {
    const { vars } = this.#context;
    vars.setInteger('minted_sat', vars.integer('minted_sat', 0n) + amountSat);
    const inputs = [{ txid: randomBytes(32), vout: 0 }];
    const { txid } = this.#chain.add({ inputs }, [{ owner, amountSat, script }]);
    return this.#firstOutput(txid);
  }

  #firstOutput(txid: Buffer): Output {
    const [output] = this.#chain.outputsOf(txid);
    if (output === undefined) throw new Error('the new transaction is missing from the database');
    return output;
  }
}

function walletKey(keyidx: bigint): Buffer {
  return Buffer.from(`sandbox wallet ${keyidx}`);
}

/** The fee of a funding transaction with one P2TR input and no change. */
export function fundingFee(script: Buffer): bigint {
  const weight = CORE_WEIGHT + inputWeight(Buffer.alloc(34)) + outputWeight(script);
  return feeFor(weight, FEERATE_PERKW);
}
