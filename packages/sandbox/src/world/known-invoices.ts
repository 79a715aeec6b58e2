import { decodeBolt11, type Bolt11Invoice } from '@clnrest/runes/bolt11';

/** What a payer looks at. */
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

/** How many are remembered. */
const MOST = 4096;

/**
 * Invoices that were read or made lately. To find out who signed one takes longer than all else about
 * a payment, and each is looked at more than once.
 */
export class KnownInvoices {
  readonly #known = new Map<string, PayableInvoice>();

  /** @throws Bolt11Error for what is none */
  read(text: string): PayableInvoice {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const invoice = decodeBolt11(text);
    this.remember(text, invoice);
    return invoice;
  }

  remember(text: string, invoice: PayableInvoice): void {
    this.#known.set(text, invoice);
    if (this.#known.size <= MOST) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}
