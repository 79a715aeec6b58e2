import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { required } from '../params/declaration.ts';
import { label } from '../params/texts.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const waitinvoice = defineCommand({
  name: 'waitinvoice',
  parameters: { label: required(label) },
  validate: ({ label }, { node }: CallWith<'invoices'>) => void known(label, node.invoices),
  run: async ({ label }, { node, signal }: CallWith<'invoices'>) =>
    outcome(await node.invoices.settled(known(label, node.invoices), signal)),
});

function known(wanted: string, invoices: Invoices): StoredInvoice {
  const invoice = invoices.byLabel(wanted);
  if (invoice === undefined) throw new CommandError(ErrorCode.general, 'Label not found');
  return invoice;
}

/** What someone who waited for an invoice is told. */
export function outcome(result: StoredInvoice | 'deleted'): CommandResult {
  if (result === 'deleted') {
    throw new CommandError(ErrorCode.general, 'Invoice deleted during wait');
  }
  if (result.status === 'paid') return { ...invoiceJson(result) };
  throw new CommandError(
    ErrorCode.invoiceExpired,
    'invoice expired during wait',
    invoiceJson(result),
  );
}
