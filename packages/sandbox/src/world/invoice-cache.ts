import { decodeBolt11, type Bolt11Invoice } from '@clnrest/runes/bolt11';

/** The fields of an invoice that a payer needs. */
export type PayableInvoice = Pick<
  Bolt11Invoice,
  | 'currency'
  | 'createdAt'
  | 'expiry'
  | 'payee'
  | 'amountMsat'
  | 'descriptionHash'
  | 'minFinalCltvExpiry'
  | 'paymentHash'
>;

const MAX_ENTRIES = 4096;

/**
 * Caches decoded invoices. Recovering the public key from the signature is the slowest step of a
 * payment, and each invoice is decoded several times.
 */
export class InvoiceCache {
  readonly #invoices = new Map<string, PayableInvoice>();

  /** @throws Bolt11Error if the text is not an invoice */
  read(text: string): PayableInvoice {
    const cached = this.#invoices.get(text);
    if (cached !== undefined) return cached;
    const invoice = decodeBolt11(text);
    this.add(text, invoice);
    return invoice;
  }

  add(text: string, invoice: PayableInvoice): void {
    this.#invoices.set(text, invoice);
    if (this.#invoices.size <= MAX_ENTRIES) return;
    for (const oldest of this.#invoices.keys()) {
      this.#invoices.delete(oldest);
      return;
    }
  }
}
