import {
  type Bip353Name,
  type InvoiceRequest,
  type InvoiceRequestValues,
  isSigned,
  offerId,
  type OfferValues,
  type Tlv,
} from '@clnrest/runes/bolt12';
import type { JsonObject } from '../json/output.ts';
import {
  type DecodedPart,
  hexOf,
  joined,
  pathsPart,
  plain,
  unknownPart,
  warning,
} from './message-json.ts';
import { offerPart } from './offer-json.ts';

/** An invoice request in the format of `decode`. */
export function invoiceRequestJson(request: InvoiceRequest): JsonObject {
  const { json, valid } = joined(
    offerIdPart(request),
    offerPart(request.values),
    requestPart(request.values),
    request.values.invreqPayerId === undefined
      ? warning('missing_invreq_payer_id', 'invreq_payer_id required')
      : undefined,
    signaturePart(request),
    unknownPart('unknown_invoice_request_tlvs', request.unknown),
  );
  return { ...json, valid };
}

/** The id of the offer. Only requests and invoices for an offer have an issuer or paths. */
export function offerIdPart({
  values,
  tlvs,
}: {
  readonly values: OfferValues;
  readonly tlvs: readonly Tlv[];
}): DecodedPart | undefined {
  const isForOffer = values.offerIssuerId !== undefined || values.offerPaths !== undefined;
  return isForOffer ? plain({ offer_id: hexOf(offerId(tlvs)) }) : undefined;
}

/** The fields of an invoice request, in a request or an invoice. */
export function requestPart(values: InvoiceRequestValues): DecodedPart {
  const { invreqMetadata: metadata, invreqBip353Name: name } = values;
  return joined(
    metadata === undefined
      ? warning('missing_invreq_metadata', 'invreq_metadata required')
      : plain({ invreq_metadata: hexOf(metadata) }),
    plain({
      invreq_payer_id: hexOf(values.invreqPayerId),
      invreq_chain: hexOf(values.invreqChain),
      invreq_amount_msat: values.invreqAmount,
      invreq_features: hexOf(values.invreqFeatures),
      invreq_quantity: values.invreqQuantity,
      invreq_payer_note: values.invreqPayerNote,
    }),
    pathsPart('invreq_paths', values.invreqPaths),
    name && bip353Part(name),
    recurrencePart(values),
  );
}

function bip353Part({ name, domain }: Bip353Name): DecodedPart {
  const [nameText, domainText] = [name, domain].map((bytes) => Buffer.from(bytes).toString());
  const invalid = (text: string | undefined, which: 'name' | 'domain'): DecodedPart | undefined =>
    /^[0-9A-Za-z._-]*$/.test(text ?? '')
      ? undefined
      : warning(
          `invreq_bip_353_name_${which}_invalid`,
          `bip353 ${which} field contains invalid characters`,
        );
  return joined(
    plain({ invreq_bip_353_name: { name: nameText, domain: domainText } }),
    invalid(nameText, 'name'),
    invalid(domainText, 'domain'),
  );
}

function recurrencePart(values: InvoiceRequestValues): DecodedPart {
  const { invreqRecurrenceCounter: counter, invreqRecurrenceStart: start } = values;
  const counted =
    counter === undefined
      ? plain({})
      : plain({ invreq_recurrence_counter: counter, invreq_recurrence_start: start });
  if (values.invreqRecurrenceCancel === undefined) return counted;
  return joined(
    counted,
    plain({ invreq_recurrence_cancel: true }),
    counter === undefined
      ? warning(
          'invreq_recurrence_cancel_without_counter',
          'invreq_recurrence_cancel is invalid without invreq_recurrence_counter',
        )
      : counter === 0
        ? warning(
            'invreq_recurrence_cancel_with_zero_counter',
            'invreq_recurrence_cancel is invalid with invreq_recurrence_counter zero',
          )
        : undefined,
  );
}

function signaturePart({ values, tlvs }: InvoiceRequest): DecodedPart {
  const { signature, invreqPayerId: payer } = values;
  if (signature === undefined) {
    return warning('missing_invoice_request_signature', 'Missing signature');
  }
  return payer !== undefined && !isSigned('invoice_request', tlvs, payer, signature)
    ? warning('invalid_invoice_request_signature', 'Bad signature')
    : plain({ signature: hexOf(signature) });
}
