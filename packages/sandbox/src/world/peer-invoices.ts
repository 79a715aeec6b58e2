import { createHash, randomBytes } from 'node:crypto';
import { encodeBolt12Invoice, type InvoiceRequest } from '@clnrest/runes/bolt12';
import { newInvoiceValues } from '../bolt12/new-invoice.ts';
import { DEFAULT_RELATIVE_EXPIRY } from '../bolt12/invoice-json.ts';
import { seconds } from '../clock.ts';
import type { Statement } from '../database/database.ts';
import { fromUnsigned } from '../database/row.ts';
import { FEATURES } from '../features.ts';
import { encodeBolt11 } from '../invoices/bolt11.ts';
import { paymentSecretOf } from '../invoices/invoices.ts';
import type { IssuedInvoice } from '../bolt12/period-values.ts';
import type { NewInvoice } from '../invoices/invoice-store.ts';
import type { InvoiceCache } from './invoice-cache.ts';
import type { WorldNode, WorldNodes } from './nodes.ts';
import type { WorldContext } from './context.ts';

/** An invoice of another node. */
export interface PeerInvoice {
  readonly paymentHash: Buffer;
  readonly node: bigint;
  readonly preimage: Buffer;
  /** Undefined for any amount. */
  readonly amountMsat: bigint | undefined;
  /** Undefined while the invoice is unpaid. */
  readonly receivedMsat: bigint | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: bigint;
}

const FINAL_CLTV = 10n;

/** The invoices of the other nodes. The table `asked` stores them. */
export class PeerInvoices {
  readonly #context: WorldContext;
  readonly #nodes: WorldNodes;
  readonly #cache: InvoiceCache;
  readonly #add: Statement;
  readonly #byHash: Statement;
  readonly #pay: Statement;
  readonly #byLabel: Statement;

  constructor(context: WorldContext, nodes: WorldNodes, cache: InvoiceCache) {
    this.#context = context;
    this.#cache = cache;
    this.#nodes = nodes;
    const { database } = context;
    this.#add = database.prepare(
      `INSERT INTO asked (payment_hash, node, preimage, amount_msat, received_msat, expires_at, label, invstring)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#byHash = database.prepare(
      'SELECT payment_hash, node, preimage, amount_msat, received_msat, expires_at FROM asked WHERE payment_hash = ?',
    );
    this.#byLabel = database.prepare(
      'SELECT received_msat, expires_at, invstring FROM asked WHERE label = ?',
    );
    this.#pay = database.prepare('UPDATE asked SET received_msat = ? WHERE payment_hash = ?');
  }

  /** Creates an invoice of a node, signed with the key of that node. */
  create(
    node: WorldNode,
    request: { amountMsat: bigint | undefined; description: string; expiry: bigint },
  ): { bolt11: string; invoice: PeerInvoice } {
    const { network, clock } = this.#context;
    const preimage = randomBytes(32);
    const createdAt = seconds(clock);
    const invoice: PeerInvoice = {
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
        paymentHash: invoice.paymentHash,
        paymentSecret: paymentSecretOf(preimage),
        description: request.description,
        hashOnly: false,
        minFinalCltvExpiry: FINAL_CLTV,
        fallbacks: [],
        features: FEATURES.invoiceBits,
      },
      (hash) => keys.signRecoverable(hash),
    );
    this.#insert(invoice);
    this.#cache.add(bolt11, {
      currency: network.invoicePrefix,
      createdAt,
      expiry: request.expiry,
      payee: node.id,
      amountMsat: request.amountMsat,
      descriptionHash: undefined,
      minFinalCltvExpiry: Number(FINAL_CLTV),
      paymentHash: invoice.paymentHash.toString('hex'),
    });
    return { bolt11, invoice };
  }

  /** Creates the invoice of a node for a BOLT 12 request, signed with the key of that node. */
  createBolt12(
    node: WorldNode,
    request: InvoiceRequest,
    amountMsat: bigint,
    expiry?: number,
  ): string {
    const preimage = randomBytes(32);
    const createdAt = seconds(this.#context.clock);
    const paymentHash = createHash('sha256').update(preimage).digest();
    const keys = this.#nodes.keysOf(node.name);
    const values = newInvoiceValues(keys, paymentHash, amountMsat, createdAt);
    this.#insert({
      paymentHash,
      node: node.number,
      preimage,
      amountMsat,
      receivedMsat: undefined,
      expiresAt: createdAt + BigInt(expiry ?? DEFAULT_RELATIVE_EXPIRY),
    });
    return encodeBolt12Invoice(
      { ...values, invoiceRelativeExpiry: expiry },
      keys.schnorr.sign,
      request.tlvs,
    );
  }

  /** The invoice for a request with that label: the offer, the payer and the number of the period. */
  byLabel(label: string): IssuedInvoice | undefined {
    const row = this.#byLabel.first(label);
    if (row === undefined) return undefined;
    const isDue = row.integer('expires_at') <= seconds(this.#context.clock);
    return {
      status:
        row.optionalUnsigned('received_msat') !== undefined ? 'paid' : isDue ? 'expired' : 'unpaid',
      invstring: row.text('invstring'),
    };
  }

  /** Adds the invoice of a node for a request for its offer. */
  addLabelled(node: WorldNode, invoice: NewInvoice): void {
    const { paymentHash, preimage, amountMsat, expiresAt, label, invstring } = invoice;
    this.#insert(
      { paymentHash, node: node.number, preimage, amountMsat, receivedMsat: undefined, expiresAt },
      { label, invstring },
    );
  }

  byHash(paymentHash: Buffer): PeerInvoice | undefined {
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

  /** Adds a paid invoice for a keysend payment: its sender chose the preimage. */
  addKeysend(node: bigint, preimage: Buffer, amountMsat: bigint): void {
    this.#insert({
      paymentHash: createHash('sha256').update(preimage).digest(),
      node,
      preimage,
      amountMsat,
      receivedMsat: amountMsat,
      expiresAt: seconds(this.#context.clock),
    });
  }

  markPaid({ paymentHash }: PeerInvoice, amountMsat: bigint): void {
    this.#pay.run(fromUnsigned(amountMsat), paymentHash);
  }

  #insert(invoice: PeerInvoice, labelled?: { label: string; invstring: string }): void {
    this.#add.run(
      invoice.paymentHash,
      invoice.node,
      invoice.preimage,
      invoice.amountMsat === undefined ? null : fromUnsigned(invoice.amountMsat),
      invoice.receivedMsat === undefined ? null : fromUnsigned(invoice.receivedMsat),
      invoice.expiresAt,
      labelled?.label ?? null,
      labelled?.invstring ?? null,
    );
  }
}
