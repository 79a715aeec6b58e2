import { label, required } from '@clnrest/lightningd/parameters';
import { invoiceJson, type StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const waitinvoice = defineCommand({
  name: 'waitinvoice',
  parameters: { label: required(label) },
  validate: ({ label }, { node }: CallWith<'invoices'>) => void existing(label, node.invoices),
  run: async ({ label }, { node, signal }: CallWith<'invoices'>) =>
    waitResult(await node.invoices.settled(existing(label, node.invoices), signal)),
});

function existing(label: string, invoices: Invoices): StoredInvoice {
  const invoice = invoices.byLabel(label);
  if (invoice === undefined) throw new CommandError(ErrorCode.general, 'Label not found');
  return invoice;
}

/** The reply to a caller that waited for an invoice. */
export function waitResult(result: StoredInvoice | 'deleted'): CommandResult {
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
