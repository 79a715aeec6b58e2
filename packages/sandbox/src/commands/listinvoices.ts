import { decodeBolt11, Bolt11Error } from '@clnrest/runes/bolt11';
import { Bolt12Error, decodeBolt12Invoice } from '@clnrest/runes/bolt12';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import {
  defaulted,
  hash,
  label,
  oneOf,
  optional,
  type ParameterValues,
  string,
  u32,
  u64,
} from '@clnrest/lightningd/parameters';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { JsonOutput } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const INDEXES = ['created', 'updated', 'deleted'] as const;

const parameters = {
  label: optional(label),
  invstring: optional(string),
  payment_hash: optional(hash),
  offer_id: optional(hash),
  index: optional(oneOf(INDEXES, 'unknown index')),
  start: defaulted(u64, 0n),
  limit: optional(u32),
};

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

export const listinvoices = defineCommand({
  name: 'listinvoices',
  parameters,
  validate(values) {
    const { label, invstring, payment_hash, offer_id } = values;
    const wanted = [label, invstring, payment_hash, offer_id].filter((one) => one !== undefined);
    if (wanted.length > 1) {
      throw invalid('Can only specify one of {label}, {invstring}, {payment_hash} or {offer_id}');
    }
    if (values.start !== 0n && values.index === undefined) {
      throw invalid('Can only specify {start} with {index}');
    }
    if (values.limit !== undefined && values.index === undefined) {
      throw invalid('Can only specify {limit} with {index}');
    }
    hashOf(values);
  },
  run(values, { node }: CallWith<'invoices'>) {
    const { start, limit } = values;
    // Deleted invoices cannot be listed. lightningd treats the index `deleted` like `created`.
    const index = values.index === 'updated' ? 'updated' : 'created';
    const paymentHash = hashOf(values);
    if (values.label !== undefined) return single(node.invoices.byLabel(values.label));
    if (paymentHash !== undefined) return single(node.invoices.byHash(paymentHash));
    if (values.offer_id !== undefined) {
      return { invoices: node.invoices.ofOffer(values.offer_id).map(invoiceJson) };
    }
    return { invoices: written(node.invoices.list(index, start, limit)) };
  },
});

function hashOf(values: ParameterValues<typeof parameters>): Buffer | undefined {
  if (values.invstring === undefined) return values.payment_hash;
  const text = withoutScheme(values.invstring);
  try {
    return Buffer.from(decodeBolt11(text).paymentHash, 'hex');
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    return hashOfBolt12(text);
  }
}

function hashOfBolt12(text: string): Buffer {
  try {
    return Buffer.from(decodeBolt12Invoice(text, INVOICE_FEATURES).values.invoicePaymentHash);
  } catch (error) {
    if (error instanceof Bolt12Error) throw invalid('Invalid invstring');
    throw error;
  }
}

/** Removes the scheme of a link: `lightning:lnbc…`. */
function withoutScheme(text: string): string {
  return text.replace(/^lightning:/i, '');
}

function single(invoice: StoredInvoice | undefined) {
  return {
    invoices: invoice === undefined ? [] : [invoiceJson(invoice)],
  };
}

function* written(invoices: Iterable<StoredInvoice>): Generator<JsonOutput> {
  for (const invoice of invoices) yield invoiceJson(invoice);
}
