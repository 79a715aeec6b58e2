import { Bolt11Error, decodeBolt11 } from '@clnrest/runes/bolt11';
import {
  label,
  msat,
  optional,
  type ParameterValues,
  string,
} from '@clnrest/lightningd/parameters';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { receivePayment } from '../hooks/incoming-payment.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import type { IncomingPayment } from '../world/payments/incoming-payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  label: optional(label),
  amount_msat: optional(msat),
  invstring: optional(string),
};

/**
 * Simulates a payment of one of the node's invoices from outside. The payment arrives through a channel with enough
 * room. Without such a channel, the invoice is paid, and no balance changes. The command does not exist in lightningd.
 */
export const devPayInvoice = defineCommand({
  name: 'dev-pay-invoice',
  parameters,
  validate: (values, { node }: CallWith<'invoices' | 'log' | 'plugins' | 'world'>) =>
    void payable(values, node.invoices),
  run(values, { node }: CallWith<'invoices' | 'log' | 'plugins' | 'world'>) {
    const { paymentHash } = payable(values, node.invoices);
    const request = { from: undefined, paymentHash, amountMsat: values.amount_msat };
    const json = ({ invoice }: IncomingPayment): CommandResult => ({ ...invoiceJson(invoice) });
    const received = receivePayment(node, request);
    return received instanceof Promise ? received.then(json) : json(received);
  },
});

function payable(
  { label, invstring }: ParameterValues<typeof parameters>,
  invoices: Invoices,
): StoredInvoice {
  if ((label === undefined) === (invstring === undefined)) {
    throw new CommandError(
      ErrorCode.invalidParams,
      'Specify one of {label} and {invstring}, the invoice to pay',
    );
  }
  const invoice =
    invstring === undefined ? invoices.byLabel(label ?? '') : invoiceOfText(invstring, invoices);
  if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
  return invoice;
}

function invoiceOfText(text: string, invoices: Invoices): StoredInvoice | undefined {
  try {
    return invoices.byHash(Buffer.from(decodeBolt11(text).paymentHash, 'hex'));
  } catch (error) {
    if (!(error instanceof Bolt11Error)) throw error;
    throw new CommandError(ErrorCode.invalidParams, `Invalid invstring: ${error.message}`);
  }
}
