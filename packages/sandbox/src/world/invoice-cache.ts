import { decodeBolt11, type Bolt11Invoice } from '@clnrest/runes/bolt11';
import { decodeBolt12Invoice } from '@clnrest/runes/bolt12';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import { hexOf } from '../bolt12/message-json.ts';
import { DEFAULT_RELATIVE_EXPIRY } from '../bolt12/invoice-json.ts';
import { BITCOIN_CHAIN_HASH } from '../options/network.ts';

/** The fields of an invoice that a payer needs. */
export interface PayableInvoice extends Pick<
  Bolt11Invoice,
  | 'createdAt'
  | 'expiry'
  | 'payee'
  | 'amountMsat'
  | 'descriptionHash'
  | 'minFinalCltvExpiry'
  | 'paymentHash'
> {
  /** The network: the prefix of BOLT 11, or the hash of the first block for BOLT 12. */
  readonly currency: string;
  /** In hex. BOLT 12 has none. */
  readonly paymentSecret?: string | undefined;
  /** In hex. The features of BOLT 12 are checked when the invoice is read. */
  readonly features?: string | undefined;
}

const MAX_ENTRIES = 4096;

/**
 * Caches decoded invoices. Recovering the public key from the signature is the slowest step of a
 * payment, and each invoice is decoded several times.
 */
export class InvoiceCache {
  readonly #invoices = new Map<string, PayableInvoice>();

  /** @throws Bolt11Error or Bolt12Error if the text is not an invoice */
  read(text: string): PayableInvoice {
    const cached = this.#invoices.get(text);
    if (cached !== undefined) return cached;
    const invoice = isBolt12(text) ? payableBolt12(text) : decodeBolt11(text);
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

/** Whether lightningd reads the text as BOLT 12. */
export function isBolt12(text: string): boolean {
  return /^(?:lni1|LNI1|lno1|LNO1|lnr1|LNR1)/.test(text);
}

/** The payee is the signing node: the sandbox ignores the paths to it. */
function payableBolt12(text: string): PayableInvoice {
  const { values } = decodeBolt12Invoice(text, INVOICE_FEATURES);
  return {
    currency: values.invreqChain === undefined ? BITCOIN_CHAIN_HASH : hexOf(values.invreqChain),
    createdAt: values.invoiceCreatedAt,
    expiry: BigInt(values.invoiceRelativeExpiry ?? DEFAULT_RELATIVE_EXPIRY),
    payee: hexOf(values.invoiceNodeId),
    amountMsat: values.invoiceAmount,
    descriptionHash: undefined,
    minFinalCltvExpiry: values.invoiceBlindedpay[0]?.cltvExpiryDelta ?? 0,
    paymentHash: hexOf(values.invoicePaymentHash),
  };
}
