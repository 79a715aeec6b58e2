import {
  Bolt12Error,
  decodeBolt12Invoice,
  decodeInvoiceRequest,
  decodeOffer,
  decodePayerProof,
} from '@clnrest/runes/bolt12';
import type { JsonObject } from '../json/output.ts';
import { bolt12InvoiceJson } from './invoice-json.ts';
import { invoiceRequestJson } from './invoice-request-json.ts';
import { offerJson } from './offer-json.ts';
import { payerProofJson } from './payer-proof-json.ts';

/** The even feature bits that lightningd supports in invoices: payments in several parts. */
export const INVOICE_FEATURES: readonly number[] = [16];

const KINDS: readonly {
  readonly prefix: string;
  readonly type: string;
  readonly decode: (text: string) => JsonObject;
}[] = [
  { prefix: 'lno1', type: 'bolt12 offer', decode: (text) => offerJson(decodeOffer(text)) },
  {
    prefix: 'lni1',
    type: 'bolt12 invoice',
    decode: (text) => bolt12InvoiceJson(decodeBolt12Invoice(text, INVOICE_FEATURES)),
  },
  {
    prefix: 'lnr1',
    type: 'bolt12 invoice_request',
    decode: (text) => invoiceRequestJson(decodeInvoiceRequest(text)),
  },
  {
    prefix: 'lnp1',
    type: 'bolt12 payer_proof',
    decode: (text) => payerProofJson(decodePayerProof(text)),
  },
];

/**
 * Decodes a BOLT 12 text for `decode`.
 *
 * @returns the result or the problem; the problem is undefined if the text does not look like BOLT 12
 */
export function decodeBolt12(
  text: string,
): { readonly result: JsonObject } | { readonly problem: string | undefined } {
  let likely: string | undefined;
  for (const { prefix, type, decode } of KINDS) {
    try {
      return { result: { type, ...decode(text) } };
    } catch (error) {
      if (!(error instanceof Bolt12Error)) throw error;
      if (text.startsWith(prefix) || text.startsWith(prefix.toUpperCase())) likely = error.message;
    }
  }
  return { problem: likely };
}
