import type { InvoiceRequest } from '@clnrest/runes/bolt12';

const MAX_MSAT = 2n ** 64n - 1n;

/**
 * The amount of the invoice that a node creates for a request for its offer, or lightningd's reason to refuse the request
 * (`offers_invreq_hook.c`).
 */
export function expectedAmount({ values }: InvoiceRequest): { msat: bigint } | { problem: string } {
  const problem = quantityProblem(values);
  if (problem !== undefined) return { problem };
  const { offerAmount, invreqAmount, invreqQuantity: quantity = 1n } = values;
  if (offerAmount === undefined) {
    return invreqAmount === undefined
      ? { problem: 'missing invreq_amount' }
      : { msat: invreqAmount };
  }
  const expected = offerAmount * quantity;
  if (expected > MAX_MSAT) return { problem: `quantity ${quantity} causes overflow` };
  if (invreqAmount === undefined) return { msat: expected };
  if (invreqAmount < expected) return { problem: `Amount must be at least ${expected}msat` };
  if (invreqAmount / 5n > expected) return { problem: `Amount vastly exceeds ${expected}msat` };
  return { msat: invreqAmount };
}

function quantityProblem({
  offerQuantityMax: max,
  invreqQuantity: quantity,
}: InvoiceRequest['values']): string | undefined {
  if (max === undefined) return quantity === undefined ? undefined : 'unexpected invreq_quantity';
  if (quantity === undefined) return 'missing invreq_quantity';
  if (quantity === 0n) return 'quantity zero invalid';
  return max !== 0n && quantity > max ? `quantity ${quantity} > ${max}` : undefined;
}
