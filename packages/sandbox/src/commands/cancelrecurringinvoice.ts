import {
  invalidToken,
  number,
  optional,
  type ParameterValues,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import { payerRequest } from '../bolt12/payer-request.ts';
import { recurrenceOf } from '../bolt12/recurrence.ts';
import { type RequestingNode, sendUnanswered } from '../bolt12/send-request.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { bip353, checkOfferChain, offer } from '../params/bolt12.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { checkPaidPeriods } from './fetchinvoice.ts';

const parameters = {
  offer: required(offer),
  recurrence_counter: required(number),
  recurrence_label: required(string),
  recurrence_start: optional(number),
  payer_note: optional(string),
  bip353: optional(bip353),
};

type Parts = keyof (RequestingNode & NodeWith<'clock' | 'keys'>);

/** Sends a request that cancels a recurring payment, in place of the request for the next period. */
export const cancelrecurringinvoice = defineCommand({
  name: 'cancelrecurringinvoice',
  parameters,
  validate(values, { node }: CallWith<Parts>, params) {
    checkOfferChain(values.offer, node.identity.network, params);
    const problem = problemOf(values);
    if (problem !== undefined) throw new CommandError(ErrorCode.invalidParams, problem);
    if (values.recurrence_counter === 0) {
      throw invalidToken('recurrence_counter', 'Must be non-zero', params);
    }
    checkStart(values);
  },
  async run(values, { node }: CallWith<Parts>) {
    const wishes = {
      payerNote: values.payer_note,
      bip353: values.bip353,
      counter: values.recurrence_counter,
      start: values.recurrence_start,
      recurrenceLabel: values.recurrence_label,
      cancel: true as const,
    };
    const network = node.identity.network;
    const request = payerRequest(values.offer, wishes, { keys: node.keys, network });
    checkPaidPeriods(request, values.recurrence_label, node);
    await sendUnanswered(request, node);
    return { bolt12: request.text };
  },
});

type Values = ParameterValues<typeof parameters>;

function problemOf({ offer: { values } }: Values): string | undefined {
  return recurrenceOf(values) === undefined ? 'Not a recurring offer' : undefined;
}

function checkStart({ offer: { values }, recurrence_start: start }: Values): void {
  if (start === undefined || values.offerRecurrenceBase !== undefined) return;
  throw new CommandError(ErrorCode.invalidParams, 'unnecessary recurrence_start');
}
