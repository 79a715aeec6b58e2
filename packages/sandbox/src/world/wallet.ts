import { randomBytes } from 'node:crypto';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Database, Statement } from '../database/database.ts';
import { addressOf, scriptForKey, type AddressKind } from './addresses.ts';
import { STRANGER, type Chain, type OwnedOutput, type Output } from './chain.ts';
import type { Movements } from './movements.ts';
import { OURS } from './nodes.ts';
import type { WorldContext } from './context.ts';
import { DUST_SAT, FEERATE_PERKW, feeFor, weightOf } from './transaction.ts';

/** An amount in satoshi, or the whole balance. */
export type Amount = bigint | 'all';

export interface Spending {
  readonly txid: Buffer;
  readonly raw: Buffer;
  readonly spent: readonly Output[];
  readonly outputs: number;
  readonly amountSat: bigint;
}

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
  readonly #movements: Movements;
  readonly #addAddress: Statement;
  readonly #addresses: Statement;

  constructor(context: WorldContext, chain: Chain, movements: Movements) {
    this.#context = context;
    this.#chain = chain;
    this.#movements = movements;
    const { database }: { database: Database } = context;
    this.#addAddress = database.prepare(
      'INSERT INTO addresses (script, keyidx, kind) VALUES (?, ?, ?)',
    );
    this.#addresses = database.prepare(
      'SELECT script, keyidx, kind FROM addresses ORDER BY keyidx, kind',
    );
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

  /** The private key of one of our P2WPKH addresses. */
  privateKey(script: Buffer): Uint8Array | undefined {
    const found = this.addresses().find((each) => each.script.equals(script));
    return found?.kind === 'bech32'
      ? this.#context.keys.makeSecret(walletKey(found.keyidx))
      : undefined;
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
    return this.#addresses.all().some((row) => row.bytes('script').equals(script));
  }

  /** Creates money in a pending transaction. */
  mint(amountSat: bigint, script: Buffer, owner = OURS): Output {
    const { vars } = this.#context;
    vars.setInteger('minted_sat', vars.integer('minted_sat', 0n) + amountSat);
    const inputs = [{ txid: randomBytes(32), vout: 0 }];
    const { txid } = this.#chain.add({ inputs }, [{ owner, amountSat, script }]);
    return this.#firstOutput(txid);
  }

  /**
   * Spends coins in a pending transaction. The change returns to the wallet.
   *
   * @param given - the coins to spend. Default: selected from coins with at least `minimumDepth` confirmations
   * @throws CommandError if the coins do not suffice
   */
  spend(
    target: Omit<OwnedOutput, 'amountSat'>,
    amount: Amount,
    minimumDepth: number,
    given?: readonly Output[],
  ): Spending {
    const { script, owner } = target;
    const { chosen, amountSat, changeSat } = this.#choose(amount, script, minimumDepth, given);
    if (amountSat < DUST_SAT) {
      throw new CommandError(ErrorCode.fundOutputIsDust, 'Output would be dust');
    }
    const outputs: OwnedOutput[] = [{ owner, amountSat, script }];
    if (changeSat >= DUST_SAT) {
      outputs.push({ owner: OURS, amountSat: changeSat, script: this.newScript() });
    }
    const { txid, raw } = this.#chain.add({ inputs: chosen }, outputs);
    if (owner === STRANGER) {
      this.#movements.onChain({
        account: 'external',
        creditMsat: amountSat * 1000n,
        tag: 'deposit',
        outpoint: { txid, vout: 0 },
        originatingAccount: 'wallet',
        outputMsat: amountSat * 1000n,
        height: 0,
      });
    }
    return { txid, raw, spent: chosen, outputs: outputs.length, amountSat };
  }

  #choose(
    amount: Amount,
    script: Buffer,
    minimumDepth: number,
    given: readonly Output[] | undefined,
  ): { chosen: Output[]; amountSat: bigint; changeSat: bigint } {
    const maxHeight = this.#chain.height - minimumDepth + 1;
    const isUsable = ({ height }: Output): boolean =>
      minimumDepth === 0 || (height !== undefined && height <= maxHeight);
    const coins = [...(given ?? this.#chain.unspent(OURS).filter(isUsable))];
    coins.sort((a, b) => Number(b.amountSat - a.amountSat));
    const changeScript = Buffer.alloc(34);
    const chosen: Output[] = [];
    let total = 0n;
    let fee = feeFor(weightOf(0, [script]), FEERATE_PERKW);
    const isEnough = (): boolean => amount !== 'all' && total >= amount + fee;
    for (const coin of coins) {
      if (isEnough() && given === undefined) break;
      chosen.push(coin);
      total += coin.amountSat;
      fee = feeFor(weightOf(chosen.length, [script]), FEERATE_PERKW);
    }
    const wanted = amount === 'all' ? DUST_SAT : amount;
    if (total < wanted + fee) {
      const shown = amount === 'all' ? 'all' : `${amount}sat`;
      throw new CommandError(
        ErrorCode.fundCannotAfford,
        `Could not afford ${shown} using all ${coins.length} available UTXOs: ${wanted + fee - total}sat short`,
      );
    }
    if (amount === 'all') return { chosen, amountSat: total - fee, changeSat: 0n };
    const withChange = feeFor(weightOf(chosen.length, [script, changeScript]), FEERATE_PERKW);
    const change = total - amount - withChange;
    return { chosen, amountSat: amount, changeSat: change >= DUST_SAT ? change : 0n };
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

/** The fee of a funding transaction with one input and no change. */
export function fundingFee(script: Buffer): bigint {
  return feeFor(weightOf(1, [script]), FEERATE_PERKW);
}
