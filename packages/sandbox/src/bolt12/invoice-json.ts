import type {
  Bolt12InvoiceValues,
  FallbackAddress,
  PayableBolt12Invoice,
} from '@clnrest/runes/bolt12';
import { bech32, bech32m } from '@scure/base';
import type { JsonObject } from '../json/output.ts';
import { BITCOIN_CHAIN_HASH, CHAIN_ADDRESS_PREFIXES } from '../options/network.ts';
import { offerIdPart, requestPart } from './invoice-request-json.ts';
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

/** Seconds that an invoice is valid if it does not say so (BOLT 12). */
export const DEFAULT_RELATIVE_EXPIRY = 7200;

/** An invoice in the format of `decode`. */
export function bolt12InvoiceJson(invoice: PayableBolt12Invoice): JsonObject {
  const { values } = invoice;
  const { json, valid } = joined(
    offerIdPart(invoice),
    offerPart(values),
    requestPart(values),
    recurrenceProblem(values),
    pathsPart('invoice_paths', values.invoicePaths, values.invoiceBlindedpay),
    plain({
      invoice_created_at: values.invoiceCreatedAt,
      invoice_relative_expiry: values.invoiceRelativeExpiry ?? DEFAULT_RELATIVE_EXPIRY,
      invoice_payment_hash: hexOf(values.invoicePaymentHash),
      invoice_amount_msat: values.invoiceAmount,
    }),
    fallbacksPart(values),
    plain({
      invoice_features: hexOf(values.invoiceFeatures),
      invoice_node_id: hexOf(values.invoiceNodeId),
      invoice_recurrence_basetime: isRecurring(values)
        ? values.invoiceRecurrenceBasetime
        : undefined,
      signature: hexOf(values.signature),
    }),
    unknownPart('unknown_invoice_tlvs', invoice.unknown),
  );
  return { ...json, valid };
}

function isRecurring(values: Bolt12InvoiceValues): boolean {
  return (values.offerRecurrenceCompulsory ?? values.offerRecurrenceOptional) !== undefined;
}

function recurrenceProblem(values: Bolt12InvoiceValues): DecodedPart | undefined {
  return isRecurring(values) && values.invoiceRecurrenceBasetime === undefined
    ? warning(
        'missing_invoice_recurrence_basetime',
        'recurring invoices without a recurrence_basetime are invalid',
      )
    : undefined;
}

/** The on-chain addresses of an invoice. */
export function fallbacksPart({
  invoiceFallbacks: fallbacks,
  invreqChain,
}: Bolt12InvoiceValues): DecodedPart | undefined {
  if (fallbacks === undefined) return undefined;
  const prefix = CHAIN_ADDRESS_PREFIXES.get(hexOf(invreqChain) ?? BITCOIN_CHAIN_HASH);
  const parts = fallbacks.map((fallback) => fallbackPart(fallback, prefix));
  return {
    json: { invoice_fallbacks: parts.map(({ json }) => json) },
    valid: parts.every(({ valid }) => valid),
  };
}

function fallbackPart(
  { version, address }: FallbackAddress,
  prefix: string | undefined,
): DecodedPart {
  const fields = plain({ version, hex: hexOf(address) });
  const invalid = (which: string, text: string): DecodedPart =>
    joined(fields, warning(`invalid_invoice_fallbacks_${which}`, text));
  if (version > 16) return invalid('version', 'invoice fallback version > 16');
  if (address.length < 2 || address.length > 40) {
    return invalid('address', 'invoice fallback address bad length');
  }
  if (prefix === undefined) return fields;
  if (version === 0 && address.length !== 20 && address.length !== 32) {
    return invalid('address', 'invalid fallback address for this version');
  }
  const code = version === 0 ? bech32 : bech32m;
  const text = code.encode(prefix, [version, ...code.toWords(address)]);
  return joined(fields, plain({ address: text }));
}
