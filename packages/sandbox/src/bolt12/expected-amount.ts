import type { InvoiceRequest } from '@clnrest/runes/bolt12';
import { CommandError } from '../commands/errors.ts';
import type { CurrencyRates } from '../world/currency-rates.ts';
import { minorUnit } from './currencies.ts';
import { INTERNAL_ERROR } from './request-problem.ts';

const MAX_U64 = 2n ** 64n - 1n;
/** What lightningd leaves of the amount of a currency when it writes the amount as text. */
const DECIMAL_PLACES = 6;

type Amount = { readonly msat: bigint } | { readonly problem: string };

/**
 * The amount of the invoice that a node creates for a request for its offer, or lightningd's reason to refuse the request
 * (`offers_invreq_hook.c`).
 */
export function expectedAmount({ values }: InvoiceRequest, rates: CurrencyRates): Amount {
  const { offerAmount, invreqAmount, offerCurrency, invreqQuantity: quantity = 1n } = values;
  if (offerAmount === undefined) {
    if (invreqAmount !== undefined) return { msat: invreqAmount };
    return values.invreqRecurrenceCancel === undefined
      ? { problem: 'missing invreq_amount' }
      : { msat: 0n };
  }
  const expected = offerAmount * quantity;
  if (expected > MAX_U64) return { problem: `quantity ${quantity} causes overflow` };
  if (offerCurrency === undefined) return chosenAmount(expected, invreqAmount);
  const converted = convertedAmount(expected, offerCurrency, rates);
  return converted === undefined
    ? { problem: INTERNAL_ERROR }
    : chosenAmount(converted, invreqAmount);
}

/** The amount in msat; undefined if the currency has no exchange rate. */
function convertedAmount(
  amount: bigint,
  currency: string,
  rates: CurrencyRates,
): bigint | undefined {
  const unit = minorUnit(currency);
  if (unit === undefined) return undefined;
  try {
    const text = (Number(amount) / 10 ** unit).toFixed(DECIMAL_PLACES);
    return rates.msatOf(Number(text), currency);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

/** The payer can pay more than expected, but not vastly more. */
function chosenAmount(expected: bigint, given: bigint | undefined): Amount {
  if (given === undefined) return { msat: expected };
  if (given < expected) return { problem: `Amount must be at least ${expected}msat` };
  if (given / 5n > expected) return { problem: `Amount vastly exceeds ${expected}msat` };
  return { msat: given };
}
