import {
  Bolt11Error,
  decodeUnsignedBolt11,
  type UnsignedBolt11Invoice,
} from '@clnrest/runes/bolt11';
import {
  label,
  type ParameterValues,
  preimage,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import { signableInvoice } from '../bolt12/signable-invoice.ts';
import { signedAgain } from '../invoices/bolt11-signature.ts';
import { invoiceJson, invstringJson } from '../invoices/invoice.ts';
import { rejectUnknownFeatures } from '../invoices/unknown-feature.ts';
import type { NewInvoice } from '../invoices/invoice-store.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { hashOf } from '../world/payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  invstring: required(string),
  label: required(label),
  preimage: required(preimage),
};

type Parts = 'clock' | 'identity' | 'invoices' | 'keys' | 'offers';

/** Signs an invoice that the caller made, of BOLT 11 or BOLT 12, and adds it to ours. */
export const createinvoice = defineCommand({
  name: 'createinvoice',
  parameters,
  validate: (values, { node }: CallWith<Parts>) => void signed(values, node),
  run(values, { node }: CallWith<Parts>) {
    const invoice = signed(values, node);
    const existing =
      node.invoices.byLabel(values.label) ?? node.invoices.byHash(invoice.paymentHash);
    if (existing !== undefined) {
      throw new CommandError(ErrorCode.labelExists, 'Duplicate label', invoiceJson(existing));
    }
    return { ...invoiceJson(node.invoices.add(invoice)) };
  },
});

/** Signs an invoice of BOLT 11 with our key. lightningd signs none of BOLT 12 here. */
export const signinvoice = defineCommand({
  name: 'signinvoice',
  parameters: { invstring: required(string) },
  validate: ({ invstring }, { node }: CallWith<'identity' | 'keys'>) =>
    void readForSignature(invstring, node),
  run({ invstring }, { node }: CallWith<'identity' | 'keys'>) {
    readForSignature(invstring, node);
    return { ...invstringJson(signedAgain(withoutScheme(invstring), node.keys)) };
  },
});

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

function withoutScheme(text: string): string {
  return text.replace(/^lightning:/i, '');
}

function readForSignature(given: string, node: NodeWith<'identity'>): UnsignedBolt11Invoice {
  const text = withoutScheme(given);
  const read = readBolt11(text, node);
  if (!('problem' in read)) return read;
  throw invalid(`Unparsable invoice '${text}': ${read.problem}`);
}

function readBolt11(
  text: string,
  { identity }: NodeWith<'identity'>,
): UnsignedBolt11Invoice | { readonly problem: string } {
  try {
    const invoice = decodeUnsignedBolt11(text);
    const { name, invoicePrefix } = identity.network;
    if (invoice.currency !== invoicePrefix) {
      return { problem: `Prefix ${invoice.currency} is not for ${name}` };
    }
    rejectUnknownFeatures(invoice.features);
    return invoice;
  } catch (error) {
    if (error instanceof Bolt11Error) return { problem: error.message };
    throw error;
  }
}

/** The signed invoice. lightningd reads a text that is not a BOLT 11 invoice as one of BOLT 12. */
function signed(
  { invstring, label, preimage }: ParameterValues<typeof parameters>,
  node: NodeWith<Parts>,
): NewInvoice {
  const text = withoutScheme(invstring);
  const invoice = readBolt11(text, node);
  if ('problem' in invoice) return { label, preimage, ...signableInvoice(text, preimage, node) };
  if (invoice.description === undefined) throw invalid('Missing description in invoice');
  const paymentHash = hashOf(preimage);
  if (paymentHash.toString('hex') !== invoice.paymentHash) throw invalid('Incorrect preimage');
  return {
    label,
    preimage,
    paymentHash,
    invstring: signedAgain(text, node.keys),
    amountMsat: invoice.amountMsat,
    description: invoice.description,
    expiresAt: invoice.createdAt + invoice.expiry,
  };
}
