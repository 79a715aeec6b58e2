import type { InvoiceRequest } from '@clnrest/runes/bolt12';

const MAX_MSAT = 2n ** 64n - 1n;

type Amount = { readonly msat: bigint } | { readonly problem: string };

/**
 * The amount of the invoice that a node creates for a request for its offer, or lightningd's reason to refuse the request
 * (`offers_invreq_hook.c`).
 */
export function expectedAmount({ values }: InvoiceRequest): Amount {
  const { offerAmount, invreqAmount, invreqQuantity: quantity = 1n } = values;
  if (offerAmount === undefined) {
    if (invreqAmount !== undefined) return { msat: invreqAmount };
    return values.invreqRecurrenceCancel === undefined
      ? { problem: 'missing invreq_amount' }
      : { msat: 0n };
  }
  const expected = offerAmount * quantity;
  if (expected > MAX_MSAT) return { problem: `quantity ${quantity} causes overflow` };
  return chosenAmount(expected, invreqAmount);
}

/** The payer can pay more than expected, but not vastly more. */
function chosenAmount(expected: bigint, given: bigint | undefined): Amount {
  if (given === undefined) return { msat: expected };
  if (given < expected) return { problem: `Amount must be at least ${expected}msat` };
  if (given / 5n > expected) return { problem: `Amount vastly exceeds ${expected}msat` };
  return { msat: given };
}
