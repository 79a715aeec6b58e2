import { Bolt11Error, decodeBolt11 } from '@clnrest/runes/bolt11';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { Node } from '../node.ts';
import { msat } from '../params/amounts.ts';
import { optional, type ParameterValues } from '../params/declaration.ts';
import { label, string } from '../params/texts.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  label: optional(label),
  amount_msat: optional(msat),
  invstring: optional(string),
};

/**
 * Has one of the node's invoices paid, as if by somebody far away. lightningd has nothing like it:
 * there, somebody must pay. What is paid comes by a channel that has room for it, or, where there
 * is none, from nowhere.
 */
export const devPayInvoice = defineCommand({
  name: 'dev-pay-invoice',
  parameters,
  validate: (values, { node }) => void payable(values, node),
  run(values, { node }) {
    const { paymentHash } = payable(values, node);
    return { ...invoiceJson(node.world.payments.payFromOutside(paymentHash, values.amount_msat)) };
  },
});

const payable = (
  { label, invstring }: ParameterValues<typeof parameters>,
  node: Node,
): StoredInvoice => {
  if ((label === undefined) === (invstring === undefined)) {
    throw new CommandError(
      ErrorCode.invalidParams,
      'Specify one of {label} and {invstring}, the invoice that is to be paid',
    );
  }
  const invoice =
    invstring === undefined ? node.invoices.byLabel(label ?? '') : ofInvstring(invstring, node);
  if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
  return invoice;
};

const ofInvstring = (text: string, node: Node): StoredInvoice | undefined => {
  try {
    return node.invoices.byHash(Buffer.from(decodeBolt11(text).paymentHash, 'hex'));
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    throw new CommandError(ErrorCode.invalidParams, `Invalid invstring: ${error.message}`);
  }
};
