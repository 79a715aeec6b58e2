import type { StoredInvoice } from '../invoices/invoice.ts';
import { labelJson } from '../invoices/invoice.ts';
import { member } from '@clnrest/json/tokens';
import { callHook, hasResult, type HookNode, hexMember, invalidResponse } from './chain.ts';

/**
 * Calls the hook `invoice_payment` before an invoice is paid. Resolves with the failure message in hex if a plugin rejects
 * the payment; an empty one means `incorrect_or_unknown_payment_details`.
 */
export async function callInvoicePayment(
  node: HookNode,
  { label, preimage }: StoredInvoice,
  amountMsat: bigint,
): Promise<string | undefined> {
  let rejection: string | undefined;
  await callHook(node, {
    name: 'invoice_payment',
    params: () => ({
      payment: { label: labelJson(label), preimage: preimage.toString('hex'), msat: amountMsat },
    }),
    read(response) {
      if (hasResult(response, 'continue')) return true;
      if (hasResult(response, 'reject')) {
        rejection = '';
        return false;
      }
      if (member(response, 'result') !== undefined) {
        return invalidResponse(node, `Invalid invoice_payment hook result: ${response.raw}`);
      }
      rejection = hexMember(
        node,
        response,
        'failure_message',
        () => `Invalid invoice_payment_hook failure_message: ${response.raw}`,
      );
      if (rejection !== undefined) return false;
      return invalidResponse(
        node,
        `Missing failure_message in invoice_payment hook result: ${response.raw}`,
      );
    },
  });
  return rejection;
}
