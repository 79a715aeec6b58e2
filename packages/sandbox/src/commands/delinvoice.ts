import {
  bool,
  defaulted,
  label,
  type ParameterValues,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { unexpectedStatus } from '../invoices/invoices.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  label: required(label),
  status: required(string),
  desconly: defaulted(bool, false),
};

export const delinvoice = defineCommand({
  name: 'delinvoice',
  parameters,
  validate: (values, { node }: CallWith<'invoices'>) => void deletable(values, node.invoices),
  run(values, { node }: CallWith<'invoices'>) {
    const invoice = deletable(values, node.invoices);
    if (values.desconly) {
      node.invoices.removeDescription(invoice);
      return { ...invoiceJson({ ...invoice, description: undefined }) };
    }
    node.invoices.remove(invoice);
    return { ...invoiceJson(invoice) };
  },
});

function deletable(
  { label, status, desconly }: ParameterValues<typeof parameters>,
  invoices: Invoices,
): StoredInvoice {
  const invoice = invoices.byLabel(label);
  if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
  if (invoice.status !== status) throw unexpectedStatus(invoice, status);
  if (desconly && invoice.description === undefined) {
    throw new CommandError(ErrorCode.invoiceNoDescription, 'Invoice description already removed');
  }
  return invoice;
}
