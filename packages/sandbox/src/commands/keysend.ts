import { randomBytes } from 'node:crypto';
import { withNanoseconds } from '../clock.ts';
import { RawJson } from '@clnrest/json';
import type { CallWith } from '../node.ts';
import { msat } from '../params/amounts.ts';
import { defaulted, optional, required } from '../params/declaration.ts';
import { number } from '../params/numbers.ts';
import { anything, array, escapedString, nodeId } from '../params/texts.ts';
import { percent } from '../params/world.ts';
import { hashOf } from '../world/payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { feeLimit, pay } from './pay-invoice.ts';

const FINAL_DELAY = 22;

export const keysend = defineCommand({
  name: 'keysend',
  parameters: {
    destination: required(nodeId),
    amount_msat: required(msat),
    label: optional(escapedString),
    maxfeepercent: defaulted(percent, 5000n),
    retry_for: defaulted(number, 60),
    maxdelay: defaulted(number, 2016),
    exemptfee: defaulted(msat, 5000n),
    extratlvs: optional(anything),
    routehints: optional(array),
    maxfee: optional(msat),
  },
  validate({ destination }, { node }: CallWith<'identity' | 'world'>) {
    if (destination !== node.identity.id) return;
    throw new CommandError(
      ErrorCode.invalidParams,
      'We are the destination. Keysend cannot be used to send funds to yourself',
    );
  },
  async run(values, { node, signal }: CallWith<'identity' | 'world'>) {
    const preimage = randomBytes(32);
    const { amount_msat: amountMsat, destination } = values;
    const request = {
      destination,
      paymentHash: hashOf(preimage),
      amountMsat,
      maxFeeMsat: values.maxfee ?? feeLimit(amountMsat, values.maxfeepercent, values.exemptfee),
      maxDelay: values.maxdelay,
      finalDelay: FINAL_DELAY,
      label: values.label,
      preimage,
    };
    const payment = await pay(node.world, request, values.retry_for, signal);
    return {
      destination,
      payment_hash: payment.paymentHash.toString('hex'),
      created_at: RawJson.checked(withNanoseconds(payment.createdAt)),
      parts: 1,
      amount_msat: payment.amountMsat,
      amount_sent_msat: payment.sentMsat,
      payment_preimage: payment.preimage?.toString('hex'),
      status: payment.status,
    };
  },
});
