import { secondsOf, withNanoseconds } from '../clock.ts';
import { RawJson } from '@clnrest/json';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { msat } from '../params/amounts.ts';
import { defaulted, optional, required, type ParameterValues } from '../params/declaration.ts';
import { number, u64 } from '../params/numbers.ts';
import { anything, array, escapedString, hash, string } from '../params/texts.ts';
import { percent } from '../params/world.ts';
import type { Payment } from '../world/payment.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { amountFor, checkPayable, feeLimit, payInvoice, readInvoice } from './pay-invoice.ts';

const EXEMPT_MSAT = 5000n;
const HALF_A_PERCENT = 5000n;
const MAX_DELAY = 2016;

const parameters = {
  bolt11: required(string),
  amount_msat: optional(msat),
  label: optional(escapedString),
  riskfactor: optional(anything),
  maxfeepercent: optional(percent),
  retry_for: defaulted(number, 60),
  maxdelay: defaulted(number, MAX_DELAY),
  exemptfee: optional(msat),
  localinvreqid: optional(hash),
  exclude: optional(array),
  maxfee: optional(msat),
  description: optional(escapedString),
  partial_msat: optional(u64),
};

export const pay = defineCommand({
  name: 'pay',
  parameters,
  validate: (values, { node }: CallWith<'clock' | 'identity' | 'world'>) =>
    void prepare(values, node.world),
  async run(values, { node, signal }: CallWith<'clock' | 'identity' | 'world'>) {
    const { invoice, bolt11, amountMsat, maxFeeMsat, before } = prepare(values, node.world);
    if (before !== undefined) return paidBeforeJson(before);
    checkPayable(invoice, node);
    const request = {
      invoice,
      bolt11,
      amountMsat,
      maxFeeMsat,
      maxDelay: values.maxdelay,
      retryFor: values.retry_for,
      label: values.label,
      description: invoice.descriptionHash === undefined ? undefined : values.description,
    };
    return paidJson(await payInvoice(node.world, request, signal));
  },
});

function prepare(values: ParameterValues<typeof parameters>, world: World) {
  const read = readInvoice(values.bolt11, world);
  const before = world.payments.paid(Buffer.from(read.invoice.paymentHash, 'hex'));
  const { maxfee, maxfeepercent, exemptfee } = values;
  const invalid = (message: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, message);
  if (maxfee !== undefined && (maxfeepercent !== undefined || exemptfee !== undefined)) {
    throw invalid('you cannot specify both maxfee and maxfeepercent or exemptfee');
  }
  const amountMsat = before?.amountMsat ?? amountFor(read.invoice, values.amount_msat);
  checkSinglePart(values.partial_msat, amountMsat);
  const maxFeeMsat =
    maxfee ?? feeLimit(amountMsat, maxfeepercent ?? HALF_A_PERCENT, exemptfee ?? EXEMPT_MSAT);
  return { ...read, amountMsat, maxFeeMsat, before };
}

/** Rejects partial payments: the sandbox pays in one part. */
export function checkSinglePart(partial: bigint | undefined, amountMsat: bigint): void {
  if (partial === undefined || partial === amountMsat) return;
  throw new CommandError(
    ErrorCode.invalidParams,
    partial > amountMsat
      ? `partial_msat must be less or equal to total amount ${amountMsat}msat`
      : 'partial_msat: the sandbox pays in one part',
  );
}

function paidJson(payment: Payment): CommandResult {
  return {
    payment_preimage: payment.preimage?.toString('hex'),
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    parts: 1,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    status: payment.status,
    created_at: RawJson.checked(withNanoseconds(payment.createdAt)),
  };
}

function paidBeforeJson(payment: Payment): CommandResult {
  return {
    payment_preimage: payment.preimage?.toString('hex'),
    status: payment.status,
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    created_at: secondsOf(payment.createdAt),
    parts: 1,
  };
}
