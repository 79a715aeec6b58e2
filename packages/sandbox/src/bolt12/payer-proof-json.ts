import type { Bip353Name, PayerProof, PayerProofValues } from '@clnrest/runes/bolt12';
import type { JsonObject } from '../json/output.ts';
import { minorUnit } from './currencies.ts';
import { fallbacksPart } from './invoice-json.ts';
import { hexOf, pathsPart, unknownPart } from './message-json.ts';

/** A payer proof in the format of `decode`. Its order of keys differs from that of invoices. */
export function payerProofJson({ values, unknown }: PayerProof): JsonObject {
  return {
    ...offerJson(values),
    ...requestJson(values),
    ...invoiceJson(values),
    signature: hexOf(values.signature),
    proof_preimage: hexOf(values.proofPreimage),
    proof_omitted_tlvs: values.proofOmittedTlvs ?? [],
    proof_missing_hashes: (values.proofMissingHashes ?? []).map((hash) => hexOf(hash)),
    proof_leaf_hashes: (values.proofLeafHashes ?? []).map((hash) => hexOf(hash)),
    proof_note: values.proofNote,
    proof_signature: hexOf(values.proofSignature),
    ...unknownPart('unknown_payer_proof_tlvs', unknown)?.json,
    valid: true,
  };
}

function offerJson(values: PayerProofValues): JsonObject {
  return {
    offer_chains: values.offerChains?.map((chain) => hexOf(chain)),
    offer_metadata: hexOf(values.offerMetadata),
    ...amountJson(values),
    offer_description: values.offerDescription,
    offer_features: hexOf(values.offerFeatures),
    offer_absolute_expiry: values.offerAbsoluteExpiry,
    ...pathsPart('offer_paths', values.offerPaths)?.json,
    offer_issuer: values.offerIssuer,
    offer_quantity_max: values.offerQuantityMax,
    offer_issuer_id: hexOf(values.offerIssuerId),
  };
}

function amountJson({ offerCurrency, offerAmount }: PayerProofValues): JsonObject {
  if (offerCurrency === undefined) return { offer_amount_msat: offerAmount };
  return {
    offer_currency: offerCurrency,
    offer_amount: offerAmount,
    currency_minor_unit: minorUnit(offerCurrency),
  };
}

function requestJson(values: PayerProofValues): JsonObject {
  return {
    invreq_chain: hexOf(values.invreqChain),
    invreq_amount_msat: values.invreqAmount,
    invreq_features: hexOf(values.invreqFeatures),
    invreq_quantity: values.invreqQuantity,
    invreq_payer_id: hexOf(values.invreqPayerId),
    invreq_payer_note: values.invreqPayerNote,
    ...pathsPart('invreq_paths', values.invreqPaths)?.json,
    invreq_bip_353_name: values.invreqBip353Name && nameJson(values.invreqBip353Name),
  };
}

function nameJson({ name, domain }: Bip353Name): JsonObject {
  return { name: Buffer.from(name).toString(), domain: Buffer.from(domain).toString() };
}

function invoiceJson(values: PayerProofValues): JsonObject {
  return {
    ...pathsPart('invoice_paths', values.invoicePaths, values.invoiceBlindedpay)?.json,
    invoice_created_at: values.invoiceCreatedAt,
    invoice_relative_expiry: values.invoiceRelativeExpiry,
    invoice_payment_hash: hexOf(values.invoicePaymentHash),
    invoice_amount_msat: values.invoiceAmount,
    ...fallbacksPart(values)?.json,
    invoice_features: hexOf(values.invoiceFeatures),
    invoice_node_id: hexOf(values.invoiceNodeId),
  };
}
