import { randomBytes } from 'node:crypto';
import {
  anything,
  array,
  defaulted,
  label,
  msat,
  number,
  optional,
  publicKey,
  required,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { hashOf } from '../world/payments.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { checkExtraTlvs } from './keysend.ts';
import { feeLimit, pay } from './pay-invoice.ts';
import { rejectLayers } from './xpay.ts';

const FINAL_DELAY = 22;
const ONE_PERCENT = 10_000n;
const EXEMPT_MSAT = 5000n;
const MAX_DELAY = 2016;

/** Pays a node without an invoice, as `xpay` pays an invoice. */
export const xkeysend = defineCommand({
  name: 'xkeysend',
  parameters: {
    destination: required(publicKey),
    amount_msat: required(msat),
    label: optional(label),
    maxfee: optional(msat),
    layers: optional(array),
    retry_for: defaulted(number, 60),
    maxdelay: defaulted(number, MAX_DELAY),
    extratlvs: optional(anything),
  },
  validate({ destination, extratlvs }, { node }: CallWith<'identity' | 'world'>) {
    checkExtraTlvs(extratlvs);
    if (destination !== node.identity.id) return;
    throw new CommandError(
      ErrorCode.invalidParams,
      'We are the destination. Keysend cannot be used to send funds to yourself',
    );
  },
  async run(values, { node, signal }: CallWith<'identity' | 'world'>) {
    rejectLayers(values.layers);
    if (values.amount_msat === 0n) {
      throw new CommandError(ErrorCode.invalidParams, 'Failed: amount must be non-zero');
    }
    const preimage = randomBytes(32);
    const { amount_msat: amountMsat } = values;
    const request = {
      destination: values.destination,
      paymentHash: hashOf(preimage),
      amountMsat,
      maxFeeMsat: values.maxfee ?? feeLimit(amountMsat, ONE_PERCENT, EXEMPT_MSAT),
      maxDelay: values.maxdelay,
      finalDelay: FINAL_DELAY,
      label: values.label,
      preimage,
    };
    const payment = await pay(node.world, request, values.retry_for, signal);
    return {
      payment_preimage: payment.preimage?.toString('hex'),
      amount_msat: payment.amountMsat,
      amount_sent_msat: payment.sentMsat,
      failed_parts: 0,
      successful_parts: payment.parts,
    };
  },
});
