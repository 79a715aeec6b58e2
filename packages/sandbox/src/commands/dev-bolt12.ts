import { Bolt12Error, decodeInvoiceRequest, decodeOffer, type Offer } from '@clnrest/runes/bolt12';
import {
  defaulted,
  escapedString,
  msat,
  number,
  optional,
  required,
  string,
  u64,
} from '@clnrest/lightningd/parameters';
import { answerRequest } from '../bolt12/answer-request.ts';
import { payerRequest } from '../bolt12/payer-request.ts';
import type { CallWith } from '../node.ts';
import { offerAmount, recurrence, recurrenceBase, recurrencePaywindow } from '../params/offers.ts';
import { nodeName } from '../params/world.ts';
import { FIRST_PEER } from '../world/nodes.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { payForRequest } from './pay-for-request.ts';

const peer = { peer: defaulted(nodeName, FIRST_PEER) };

/** Creates an offer of another node, for `fetchinvoice` and `xpay`. */
export const devPeerOffer = defineCommand({
  name: 'dev-peer-offer',
  parameters: {
    amount: required(offerAmount),
    description: defaulted(escapedString, ''),
    ...peer,
    quantity_max: optional(u64),
    absolute_expiry: optional(u64),
    recurrence: optional(recurrence),
    recurrence_base: optional(recurrenceBase),
    recurrence_paywindow: optional(recurrencePaywindow),
    recurrence_limit: optional(number),
  },
  run({ amount, description, peer: name, ...limits }, { node }: CallWith<'world'>) {
    const maker = node.world.nodes.named(name);
    const bolt12 = node.world.peerOffers.create(maker, {
      ...amount,
      offerDescription: description,
      offerQuantityMax: limits.quantity_max,
      offerAbsoluteExpiry: limits.absolute_expiry,
      offerRecurrenceCompulsory: limits.recurrence,
      offerRecurrenceBase: limits.recurrence_base,
      offerRecurrencePaywindow: limits.recurrence_paywindow,
      offerRecurrenceLimit: limits.recurrence_limit,
    });
    return { bolt12, offer_issuer_id: maker.id };
  },
});

/** Sets what 1 BTC costs in a currency. */
export const devSetCurrencyrate = defineCommand({
  name: 'dev-set-currencyrate',
  parameters: {
    currency: required(string),
    rate: required(string),
    source: defaulted(string, 'sandbox'),
  },
  validate({ currency, rate }) {
    if (!/^[A-Za-z]{3}$/.test(currency)) {
      throw new CommandError(ErrorCode.invalidParams, 'currency: should have three letters');
    }
    if (!/^\d{1,15}(?:\.\d{1,9})?$/.test(rate) || Number(rate) === 0) {
      throw new CommandError(ErrorCode.invalidParams, 'rate: should be a positive number');
    }
  },
  run({ currency, rate, source }, { node }: CallWith<'world'>) {
    const price = Number(rate);
    node.world.currencyRates.set(currency.toUpperCase(), { source, price });
    return { currency: currency.toUpperCase(), source, rate };
  },
});

/** Lets another node fetch an invoice for one of our offers. `dev-peer-pay` pays it. */
export const devPeerFetchinvoice = defineCommand({
  name: 'dev-peer-fetchinvoice',
  parameters: {
    offer: required(string),
    amount_msat: optional(msat),
    quantity: optional(u64),
    payer_note: optional(string),
    ...peer,
    recurrence_counter: optional(number),
    recurrence_start: optional(number),
    recurrence_label: optional(string),
  },
  run(values, { node }: CallWith<'identity' | 'invoices' | 'offers' | 'world'>) {
    const keys = node.world.nodes.keysOf(node.world.nodes.named(values.peer).name);
    const wishes = {
      amountMsat: values.amount_msat,
      quantity: values.quantity,
      payerNote: values.payer_note,
      counter: values.recurrence_counter,
      start: values.recurrence_start,
      recurrenceLabel: values.recurrence_label,
    };
    const { network } = node.identity;
    const { request } = payerRequest(readOffer(values.offer), wishes, { keys, network });
    const answer = answerRequest(node, request);
    if ('problem' in answer) throw new CommandError(ErrorCode.offerBadReply, answer.problem);
    return { invoice: answer.sent };
  },
});

function readOffer(text: string): Offer {
  try {
    return decodeOffer(text);
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw new CommandError(ErrorCode.invalidParams, `offer: ${error.message}`);
  }
}

/** Creates an invoice request of another node, for `sendinvoice`. */
export const devPeerInvoicerequest = defineCommand({
  name: 'dev-peer-invoicerequest',
  parameters: { amount: required(msat), description: defaulted(escapedString, ''), ...peer },
  run({ amount, description, peer: name }, { node }: CallWith<'world'>) {
    const payer = node.world.nodes.named(name);
    const bolt12 = node.world.peerOffers.createRequest(payer, { amountMsat: amount, description });
    return { bolt12, invreq_payer_id: payer.id };
  },
});

/** Lets another node send an invoice for one of our invoice requests. We pay it, as lightningd does. */
export const devPeerSendinvoice = defineCommand({
  name: 'dev-peer-sendinvoice',
  parameters: { invreq: required(string), amount_msat: optional(msat), ...peer },
  async run(
    { invreq, amount_msat: given, peer: name },
    {
      node,
      signal,
    }: CallWith<'clock' | 'identity' | 'invoiceRequests' | 'log' | 'plugins' | 'world'>,
  ) {
    const request = readRequest(invreq);
    const { world } = node;
    const amountMsat = given ?? request.values.invreqAmount ?? 0n;
    const text = world.peerInvoices.createBolt12(world.nodes.named(name), request, amountMsat);
    const paid = await payForRequest(text, node, signal);
    return {
      invoice: text,
      payment_hash: paid.paymentHash.toString('hex'),
      payment_preimage: paid.preimage?.toString('hex'),
      amount_sent_msat: paid.sentMsat,
    };
  },
});

function readRequest(text: string) {
  try {
    return decodeInvoiceRequest(text);
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw new CommandError(ErrorCode.invalidParams, `invreq: ${error.message}`);
  }
}
