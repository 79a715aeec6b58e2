import { Bolt12Error } from './error.ts';
import { unsupportedFeature } from './features.ts';
import { INVOICE_REQUEST_FIELDS, type Message, type Values } from './fields.ts';
import { INVOICE_REQUEST_RANGES } from './ids.ts';
import { inRanges, isSignature } from './tlv.ts';
import { messageOfText } from './message-text.ts';

/** A request for an invoice: for an offer, or from a node that wants to pay out (BOLT 12, "Invoice Requests"). */
export type InvoiceRequest = Message<typeof INVOICE_REQUEST_FIELDS>;

/** The values of an invoice request. */
export type InvoiceRequestValues = Values<typeof INVOICE_REQUEST_FIELDS>;

const FORM = {
  prefix: 'lnr',
  fields: INVOICE_REQUEST_FIELDS,
  malformed: 'invalid invreq data',
};

/**
 * Decodes an invoice request (`lnr1…`). Does not check its signature, which can be absent: use `isSigned`.
 *
 * @throws {Bolt12Error} with lightningd's message
 *
 * @example
 * ```ts
 * import { decodeInvoiceRequest } from '@clnrest/runes/bolt12';
 *
 * // A request of which only the amount (type 82) is set, to 1 msat.
 * const { values } = decodeInvoiceRequest('lnr12gqsz');
 * values.invreqAmount; // => 1n
 * ```
 */
export function decodeInvoiceRequest(text: string): InvoiceRequest {
  const request = messageOfText(text, FORM);
  const problem = requestProblem(request);
  if (problem !== undefined) throw new Bolt12Error(problem);
  return request;
}

function requestProblem({ values, tlvs }: InvoiceRequest): string | undefined {
  const feature = unsupportedFeature(values.invreqFeatures, []);
  if (feature !== undefined) return `unknown feature bit ${feature}`;
  const inside = inRanges(tlvs, INVOICE_REQUEST_RANGES);
  const stray = tlvs.find((tlv) => !isSignature(tlv) && !inside.includes(tlv));
  if (stray !== undefined) {
    return `Invoice request ${stray.type} field outside invoice request range`;
  }
  return values.invreqPaths?.some(({ hops }) => hops.length === 0) === true
    ? 'Invoice request contains an empty invreq_path'
    : undefined;
}
