import { decodeBolt11 } from '@clnrest/runes/bolt11';
import { decodeBolt12Invoice } from '@clnrest/runes/bolt12';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import { isBolt12 } from '../world/invoice-cache.ts';

/** The description in an invoice, or the hash of a description that is elsewhere. */
export function invoiceDescription(invstring: string): string | undefined {
  if (isBolt12(invstring)) {
    return decodeBolt12Invoice(invstring, INVOICE_FEATURES).values.offerDescription;
  }
  const { description, descriptionHash } = decodeBolt11(invstring);
  return description ?? descriptionHash;
}
