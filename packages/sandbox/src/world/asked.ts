import { createHash, randomBytes } from 'node:crypto';
import { seconds } from '../clock.ts';
import type { Statement } from '../database/database.ts';
import { fromUnsigned } from '../database/row.ts';
import { FEATURES } from '../features.ts';
import { encodeBolt11 } from '../invoices/bolt11.ts';
import { paymentSecretOf } from '../invoices/invoices.ts';
import type { KnownInvoices } from './known-invoices.ts';
import type { WorldNode, WorldNodes } from './nodes.ts';
import type { WorldParts } from './parts.ts';

/** What another node asks to be paid. */
export interface Asked {
  readonly paymentHash: Buffer;
  readonly node: bigint;
  readonly preimage: Buffer;
  /** Undefined for any amount. */
  readonly amountMsat: bigint | undefined;
  /** Undefined while it is not paid. */
  readonly receivedMsat: bigint | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: bigint;
}

const FINAL_CLTV = 10n;

/** The invoices of the other nodes of the world. */
export class AskedPayments {
  readonly #parts: WorldParts;
  readonly #nodes: WorldNodes;
  readonly #invoices: KnownInvoices;
  readonly #add: Statement;
  readonly #byHash: Statement;
  readonly #pay: Statement;

  constructor(parts: WorldParts, nodes: WorldNodes, invoices: KnownInvoices) {
    this.#parts = parts;
    this.#invoices = invoices;
    this.#nodes = nodes;
    const { database } = parts;
    this.#add = database.prepare(
      'INSERT INTO asked (payment_hash, node, preimage, amount_msat, received_msat, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#byHash = database.prepare(
      'SELECT payment_hash, node, preimage, amount_msat, received_msat, expires_at FROM asked WHERE payment_hash = ?',
    );
    this.#pay = database.prepare('UPDATE asked SET received_msat = ? WHERE payment_hash = ?');
  }

  /** Has a node make an invoice, signed by it. */
  create(
    node: WorldNode,
    request: { amountMsat: bigint | undefined; description: string; expiry: bigint },
  ): { bolt11: string; asked: Asked } {
    const { network, clock } = this.#parts;
    const preimage = randomBytes(32);
    const createdAt = seconds(clock);
    const asked: Asked = {
      paymentHash: createHash('sha256').update(preimage).digest(),
      node: node.number,
      preimage,
      amountMsat: request.amountMsat,
      receivedMsat: undefined,
      expiresAt: createdAt + request.expiry,
    };
    const keys = this.#nodes.keysOf(node.name);
    const bolt11 = encodeBolt11(
      {
        prefix: network.invoicePrefix,
        amountMsat: request.amountMsat,
        createdAt,
        expiry: request.expiry,
        paymentHash: asked.paymentHash,
        paymentSecret: paymentSecretOf(preimage),
        description: request.description,
        hashOnly: false,
        minFinalCltvExpiry: FINAL_CLTV,
        fallbacks: [],
        features: FEATURES.invoiceBits,
      },
      (hash) => keys.signRecoverable(hash),
    );
    this.#insert(asked);
    this.#invoices.remember(bolt11, {
      currency: network.invoicePrefix,
      createdAt,
      expiry: request.expiry,
      payee: node.id,
      amountMsat: request.amountMsat,
      descriptionHash: undefined,
      minFinalCltvExpiry: Number(FINAL_CLTV),
      paymentHash: asked.paymentHash.toString('hex'),
    });
    return { bolt11, asked };
  }

  byHash(paymentHash: Buffer): Asked | undefined {
    const row = this.#byHash.first(paymentHash);
    if (row === undefined) return undefined;
    return {
      paymentHash: row.bytes('payment_hash'),
      node: row.integer('node'),
      preimage: row.bytes('preimage'),
      amountMsat: row.optionalUnsigned('amount_msat'),
      receivedMsat: row.optionalUnsigned('received_msat'),
      expiresAt: row.integer('expires_at'),
    };
  }

  /** A payment that nobody asked for came with its preimage (keysend). */
  unasked(node: bigint, preimage: Buffer, amountMsat: bigint): void {
    this.#insert({
      paymentHash: createHash('sha256').update(preimage).digest(),
      node,
      preimage,
      amountMsat,
      receivedMsat: amountMsat,
      expiresAt: seconds(this.#parts.clock),
    });
  }

  markPaid({ paymentHash }: Asked, amountMsat: bigint): void {
    this.#pay.run(fromUnsigned(amountMsat), paymentHash);
  }

  #insert(asked: Asked): void {
    this.#add.run(
      asked.paymentHash,
      asked.node,
      asked.preimage,
      asked.amountMsat === undefined ? null : fromUnsigned(asked.amountMsat),
      asked.receivedMsat === undefined ? null : fromUnsigned(asked.receivedMsat),
      asked.expiresAt,
    );
  }
}
