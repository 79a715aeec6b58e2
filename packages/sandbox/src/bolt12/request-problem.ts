import { type InvoiceRequest, isSigned } from '@clnrest/runes/bolt12';
import type { Network } from '../options/network.ts';
import { hasChain } from './chain.ts';
import { hexOf } from './message-json.ts';
import { recurrenceOf } from './recurrence.ts';

/** A node's reply to an invoice request or an invoice: what it sends, or lightningd's reason to refuse. */
export type Answer<T> = { readonly sent: T } | { readonly problem: string };

/** What lightningd sends in place of a reason that does not concern the payer. */
export const INTERNAL_ERROR = 'Internal error';

/** The error that the payer of a request gets: lightningd quotes the request. */
export function requestFailure(text: string, problem: string): string {
  return problem === INTERNAL_ERROR ? problem : `Failed invreq ${text}: ${problem}`;
}

/** lightningd's problems with a request before it looks for the offer, in its order (`offers_invreq_hook.c`). */
export function requestProblem({ values }: InvoiceRequest, network: Network): string | undefined {
  if (values.invreqPayerId === undefined) return 'Missing invreq_payer_id';
  if (values.invreqMetadata === undefined) return 'Missing invreq_metadata';
  const { invreqBip353Name: name, invreqChain: chain } = values;
  if (name !== undefined && ![name.name, name.domain].every(isPlainName)) {
    return 'invalid bip353 name fields';
  }
  if (!hasChain(chain && [chain], network)) return `Wrong chain ${hexOf(chain) ?? ''}`;
  return (values.offerIssuerId ?? values.offerPaths) === undefined
    ? 'Not based on an offer'
    : undefined;
}

function isPlainName(bytes: Uint8Array): boolean {
  return /^[0-9A-Za-z._-]*$/.test(Buffer.from(bytes).toString('latin1'));
}

/** lightningd's problems with a request for an active offer, in its order, except for amounts and periods. */
export function offerRequestProblem(request: InvoiceRequest, now: bigint): string | undefined {
  const { values, tlvs } = request;
  const { offerAbsoluteExpiry: expiry, signature, invreqPayerId: payer } = values;
  const isFirst = (values.invreqRecurrenceCounter ?? 0) === 0;
  if (expiry !== undefined && isFirst && now >= expiry) return 'Offer expired';
  const problem = quantityProblem(values);
  if (problem !== undefined) return problem;
  if (signature === undefined) return 'missing signature';
  if (payer === undefined || !isSigned('invoice_request', tlvs, payer, signature)) {
    return 'bad signature';
  }
  return recurrenceProblem(values);
}

function quantityProblem({
  offerQuantityMax: max,
  invreqQuantity: quantity,
  invreqRecurrenceCancel: cancel,
}: InvoiceRequest['values']): string | undefined {
  if (max === undefined) return quantity === undefined ? undefined : 'unexpected invreq_quantity';
  if (quantity === undefined) return cancel === undefined ? 'missing invreq_quantity' : undefined;
  if (quantity === 0n) return 'quantity zero invalid';
  return max !== 0n && quantity > max ? `quantity ${quantity} > ${max}` : undefined;
}

function recurrenceProblem(values: InvoiceRequest['values']): string | undefined {
  if (recurrenceOf(values) !== undefined) {
    return values.invreqRecurrenceCounter === undefined
      ? 'missing invreq_recurrence_counter'
      : undefined;
  }
  if (values.invreqRecurrenceCounter !== undefined) return 'unexpected invreq_recurrence_counter';
  if (values.invreqRecurrenceStart !== undefined) return 'unexpected invreq_recurrence_start';
  return values.invreqRecurrenceCancel === undefined
    ? undefined
    : 'unexpected invreq_recurrence_cancel';
}
