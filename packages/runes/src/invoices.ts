/**
 * Reads the invoices in a call's parameters, for `pinv…`. A separate module, because the payee of an invoice requires an
 * elliptic curve library.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { Bolt11Error, decodeBolt11 } from './bolt11.ts';
import { Bolt12Error, decodeBolt12Invoice } from './bolt12.ts';
import type { InvoiceFields, InvoiceProblem, InvoiceReader } from './call.ts';

/**
 * Reads BOLT 11 and BOLT 12 invoices; pass it to `refusalReason` and similar functions as `readInvoice`. Problems are
 * lightningd's.
 *
 * @example
 * ```ts
 * import { refusalReason, Restriction, Rune } from '@clnrest/runes';
 * import { readInvoice } from '@clnrest/runes/invoices';
 *
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==').restrict(
 *   Restriction.of('pinvinvstring_amount<10000'),
 * );
 * const call = { now: 0n, method: 'xpay', params: '{"invstring":"lnbc1nonsense"}' };
 * refusalReason(rune, call, { readInvoice }); // => 'Invalid invoice: Bad bech32 string'
 * ```
 */
export const readInvoice: InvoiceReader = (text) => {
  const bolt11 = readBolt11(text);
  if (!('problem' in bolt11)) return bolt11;
  const bolt12 = readBolt12(text);
  if (!('problem' in bolt12)) return bolt12;
  // lightningd decides by the first letters which problem to report.
  return text.startsWith('lni') ? bolt12 : bolt11;
};

function readBolt11(text: string): InvoiceFields | InvoiceProblem {
  try {
    const { amountMsat, description, payee } = decodeBolt11(text);
    return { amountMsat, description, nodeId: payee };
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    return { problem: error.message };
  }
}

/** The node of a BOLT 12 invoice is the issuer of the offer, not the node that signs (lightningd's `runes.c`). */
function readBolt12(text: string): InvoiceFields | InvoiceProblem {
  try {
    const { invoiceAmount, offerDescription, offerIssuerId } = decodeBolt12Invoice(text).values;
    return {
      amountMsat: invoiceAmount,
      description: offerDescription,
      nodeId: offerIssuerId && bytesToHex(offerIssuerId),
    };
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    return { problem: error.message };
  }
}
