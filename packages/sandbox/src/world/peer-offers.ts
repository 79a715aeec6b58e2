import { createHmac, randomBytes } from 'node:crypto';
import {
  encodeInvoiceRequest,
  encodeOffer,
  type InvoiceRequest,
  type OfferValues,
} from '@clnrest/runes/bolt12';
import { type Answer, requestProblem } from '../bolt12/request-problem.ts';
import { chainOf } from '../bolt12/chain.ts';
import { invoiceForRequest } from '../bolt12/invoice-for-request.ts';
import { seconds } from '../clock.ts';
import { inTransaction, type WorldContext } from './context.ts';
import type { CurrencyRates } from './currency-rates.ts';
import type { WorldNode, WorldNodes } from './nodes.ts';
import type { PeerInvoices } from './peer-invoices.ts';

/**
 * The offers and invoice requests of the other nodes. The nodes store none: they recognize their own by the metadata, a code
 * over the other fields.
 */
export class PeerOffers {
  readonly #context: WorldContext;
  readonly #nodes: WorldNodes;
  readonly #invoices: PeerInvoices;
  readonly #rates: CurrencyRates;

  constructor(
    context: WorldContext,
    nodes: WorldNodes,
    invoices: PeerInvoices,
    rates: CurrencyRates,
  ) {
    this.#rates = rates;
    this.#context = context;
    this.#nodes = nodes;
    this.#invoices = invoices;
  }

  /** Creates an offer of a node. @returns `lno1…` */
  create(node: WorldNode, values: OfferValues): string {
    const offer = {
      ...values,
      offerChains: [chainOf(this.#context.network)],
      offerIssuerId: Buffer.from(node.id, 'hex'),
    };
    return encodeOffer({ ...offer, offerMetadata: this.#code(node, encodeOffer(offer)) });
  }

  /** A node's reply to a request for its offer: an invoice (`lni1…`), or the reason to refuse. */
  answer(node: WorldNode, request: InvoiceRequest): Answer<string> {
    const problem = requestProblem(request, this.#context.network);
    if (problem !== undefined) return { problem };
    if (!this.#isOfferOf(node, request)) return { problem: 'Unknown offer' };
    if (node.conduct === 'reject') return { problem: 'Offer no longer available' };
    const now = seconds(this.#context.clock);
    return inTransaction(this.#context, () =>
      invoiceForRequest(request, {
        keys: this.#nodes.keysOf(node.name),
        now,
        rates: this.#rates,
        invoiceByLabel: (label) => this.#invoices.byLabel(label),
        addInvoice: (invoice) => this.#invoices.addLabelled(node, invoice),
      }),
    );
  }

  /** Creates a request of a node, which pays the invoice that it gets. @returns `lnr1…` */
  createRequest(
    node: WorldNode,
    { amountMsat, description }: { amountMsat: bigint; description: string },
  ): string {
    const { sign } = this.#nodes.keysOf(node.name).schnorr;
    return encodeInvoiceRequest(
      {
        invreqMetadata: randomBytes(16),
        offerDescription: description,
        invreqChain: chainOf(this.#context.network),
        invreqAmount: amountMsat,
        invreqPayerId: Buffer.from(node.id, 'hex'),
      },
      sign,
    );
  }

  #isOfferOf(node: WorldNode, { values }: InvoiceRequest): boolean {
    const { offerMetadata: code, offerIssuerId } = values;
    if (code === undefined || Buffer.from(offerIssuerId ?? []).toString('hex') !== node.id) {
      return false;
    }
    const offer = Object.fromEntries(
      Object.entries(values).filter(
        ([name]) => name.startsWith('offer') && name !== 'offerMetadata',
      ),
    ) as OfferValues;
    return this.#code(node, encodeOffer(offer)).equals(code);
  }

  #code({ name }: WorldNode, offer: string): Buffer {
    const key = this.#nodes.keysOf(name).makeSecret(Buffer.from('offers'));
    return createHmac('sha256', key).update(offer).digest().subarray(0, 16);
  }
}
