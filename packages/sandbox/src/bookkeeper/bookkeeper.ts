import type { Datastore } from '../datastore/datastore.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { inTransaction, type WorldContext } from '../world/context.ts';
import type { ChannelMove, MoveStore } from '../world/move-store.ts';
import type { PaymentStore } from '../world/payment-store.ts';
import { Books } from './books.ts';
import { Descriptions } from './descriptions.ts';
import { invoiceDescription } from './invoice-description.ts';

interface Sources {
  readonly context: WorldContext;
  readonly moves: MoveStore;
  readonly datastore: Datastore;
  readonly invoices: Invoices;
  readonly payments: PaymentStore;
}

/** Bookkeeping over the stored moves. The books are in memory: they follow from the moves. */
export class Bookkeeper {
  readonly descriptions: Descriptions;
  readonly #sources: Sources;
  readonly #books = new Books();
  #lastChainMove = 0n;
  #lastChannelMove = 0n;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.descriptions = new Descriptions(sources.datastore);
  }

  /** The books with all moves. */
  books(): Books {
    const { moves, context } = this.#sources;
    for (const move of moves.chain(this.#lastChainMove + 1n)) {
      this.#books.enterChain(move);
      this.#lastChainMove = move.index;
    }
    const inChannels = moves.channel(this.#lastChannelMove + 1n);
    if (inChannels.length === 0) return this.#books;
    inTransaction(context, () => {
      for (const move of inChannels) this.#describe(move);
    });
    for (const move of inChannels) {
      this.#books.enterChannel(move);
      this.#lastChannelMove = move.index;
    }
    return this.#books;
  }

  /** Keeps the description of the invoice of a payment, since the invoice can be deleted. */
  #describe({ tag, paymentHash, creditMsat }: ChannelMove): void {
    if (tag !== 'invoice' || paymentHash === undefined) return;
    if (this.descriptions.ofPayment(paymentHash) !== undefined) return;
    const text = creditMsat === 0n ? this.#ofPayment(paymentHash) : this.#ofOurInvoice(paymentHash);
    if (text !== undefined) this.descriptions.setPayment(paymentHash, text);
  }

  #ofOurInvoice(paymentHash: Buffer): string | undefined {
    const invoice = this.#sources.invoices.byHash(paymentHash);
    return invoice && (invoice.description ?? invoiceDescription(invoice.invstring));
  }

  #ofPayment(paymentHash: Buffer): string | undefined {
    const payments = this.#sources.payments.ofHash(paymentHash);
    const invstring = payments.find((payment) => payment.invstring !== undefined)?.invstring;
    return invstring === undefined ? undefined : invoiceDescription(invstring);
  }
}
