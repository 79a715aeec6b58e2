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
import { signedAgain } from '../invoices/bolt11-signature.ts';
import { invoiceJson, invstringJson } from '../invoices/invoice.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { hashOf } from '../world/payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { bolt12Problem } from './pay-invoice.ts';

const parameters = {
  invstring: required(string),
  label: required(label),
  preimage: required(preimage),
};

/** Signs an invoice that the caller made, and adds it to ours. */
export const createinvoice = defineCommand({
  name: 'createinvoice',
  parameters,
  validate: (values, { node }: CallWith<'identity' | 'invoices' | 'keys'>) =>
    void check(values, node),
  run(values, { node }: CallWith<'identity' | 'invoices' | 'keys'>) {
    const { invstring, label, preimage } = values;
    const invoice = check(values, node);
    const existing = node.invoices.byLabel(label) ?? node.invoices.byHash(hashOf(preimage));
    if (existing !== undefined) {
      throw new CommandError(ErrorCode.labelExists, 'Duplicate label', invoiceJson(existing));
    }
    const added = node.invoices.add({
      label,
      invstring: signedAgain(withoutScheme(invstring), node.keys),
      paymentHash: hashOf(preimage),
      preimage,
      amountMsat: invoice.amountMsat,
      description: invoice.description,
      expiresAt: invoice.createdAt + invoice.expiry,
    });
    return { ...invoiceJson(added) };
  },
});

/** Signs an invoice with our key. */
export const signinvoice = defineCommand({
  name: 'signinvoice',
  parameters: { invstring: required(string) },
  validate: ({ invstring }, { node }: CallWith<'identity' | 'keys'>) =>
    void read(invstring, node, bolt11Problem),
  run: ({ invstring }, { node }: CallWith<'identity' | 'keys'>) => ({
    ...invstringJson(signedAgain(withoutScheme(invstring), node.keys)),
  }),
});

function bolt11Problem(_: string, { message }: Bolt11Error): string {
  return message;
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

function withoutScheme(text: string): string {
  return text.replace(/^lightning:/i, '');
}

/** The sandbox reads only BOLT 11 here. lightningd's `createinvoice` also takes invoices of BOLT 12. */
function read(
  given: string,
  { identity }: NodeWith<'identity'>,
  problemOf: (text: string, error: Bolt11Error) => string,
): UnsignedBolt11Invoice {
  const text = withoutScheme(given);
  const unparsable = (problem: string): CommandError =>
    invalid(`Unparsable invoice '${text}': ${problem}`);
  try {
    const invoice = decodeUnsignedBolt11(text);
    const { name, invoicePrefix } = identity.network;
    if (invoice.currency === invoicePrefix) return invoice;
    throw unparsable(`Prefix ln${invoice.currency} is not for ${name}`);
  } catch (error) {
    if (error instanceof Bolt11Error) throw unparsable(problemOf(text, error));
    throw error;
  }
}

function check(
  { invstring, preimage }: ParameterValues<typeof parameters>,
  node: NodeWith<'identity'>,
): UnsignedBolt11Invoice {
  const invoice = read(invstring, node, bolt12Problem);
  if (invoice.description === undefined) throw invalid('Missing description in invoice');
  if (hashOf(preimage).toString('hex') !== invoice.paymentHash) throw invalid('Incorrect preimage');
  return invoice;
}
