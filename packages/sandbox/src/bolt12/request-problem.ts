import { type InvoiceRequest, isSigned } from '@clnrest/runes/bolt12';

/** A node's reply to an invoice request or an invoice: what it sends, or lightningd's reason to refuse. */
export type Answer<T> = { readonly sent: T } | { readonly problem: string };

/** lightningd's problems with the request itself, in its order, after it has found the offer. */
export function requestProblem({ values, tlvs }: InvoiceRequest, now: bigint): string | undefined {
  const { offerAbsoluteExpiry: expiry, signature, invreqPayerId: payer } = values;
  if (payer === undefined) return 'Missing invreq_payer_id';
  if (values.invreqMetadata === undefined) return 'Missing invreq_metadata';
  if (expiry !== undefined && now >= expiry) return 'Offer expired';
  if (signature === undefined) return 'missing signature';
  if (!isSigned('invoice_request', tlvs, payer, signature)) return 'bad signature';
  const recurs = values.offerRecurrenceCompulsory ?? values.offerRecurrenceOptional;
  return recurs === undefined ? undefined : 'the sandbox has no recurring payments';
}
