import { type Bolt12InvoiceValues, decodeBolt12Invoice, decodeOffer } from '@clnrest/runes/bolt12';
import {
  defaulted,
  developerOnly,
  invalidToken,
  msat,
  nodeIdOf,
  number,
  optional,
  type ParameterValues,
  type Parser,
  required,
  shortChannelIdOf,
  string,
  u64,
} from '@clnrest/lightningd/parameters';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import { checkPeriod, nextPeriodJson } from '../bolt12/payer-period.ts';
import { type PayerRequest, payerRequest } from '../bolt12/payer-request.ts';
import { recurrenceOf } from '../bolt12/recurrence.ts';
import { requestedInvoice } from '../bolt12/send-request.ts';
import { seconds } from '../clock.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { bip353, checkOfferChain, offer } from '../params/bolt12.ts';
import { lenientHex } from '../params/hex.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** The parts of the node that a fetched invoice needs. */
export type FetchingNode = NodeWith<
  'clock' | 'identity' | 'invoices' | 'keys' | 'memberRequests' | 'offers' | 'peers' | 'world'
>;

/** lightningd ignores a value that is not hex, and crashes if it is empty. */
const metadata: Parser<Buffer | undefined> = (token, name) => {
  if (token.type === 'string' && token.text === '') {
    throw invalidToken(name, 'should be a hex value', token);
  }
  return lenientHex(token, name);
};

/** A side of a channel: `105x1x0/1`. */
const directedChannel: Parser<string> = (token, name) => {
  const [, scid = '', side] = /^(.*)\/([01])$/.exec(token.text) ?? [];
  if (side !== undefined && shortChannelIdOf(scid) !== undefined) return token.text;
  throw invalidToken(name, 'should be a short_channel_id of form NxNxN/dir', token);
};

const publicKeys: Parser<readonly string[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'Must be array', token);
  return token.items.map((item) => {
    const id = nodeIdOf(item.text);
    if (id === undefined) throw invalidToken(name, 'invalid pubkey', item);
    return id;
  });
};

const parameters = {
  offer: required(offer),
  amount_msat: optional(msat),
  quantity: optional(u64),
  recurrence_counter: optional(number),
  recurrence_start: optional(number),
  recurrence_label: optional(string),
  timeout: defaulted(number, 60),
  payer_note: optional(string),
  payer_metadata: optional(metadata),
  bip353: optional(bip353),
  dev_path_use_scidd: developerOnly(optional(directedChannel)),
  dev_reply_path: developerOnly(optional(publicKeys)),
};

type Values = ParameterValues<typeof parameters>;

export const fetchinvoice = defineCommand({
  name: 'fetchinvoice',
  parameters,
  validate: (values, { node }: CallWith<keyof FetchingNode>, params) => {
    checkOfferChain(values.offer, node.identity.network, params);
    checkFetch(values, node);
  },
  run: (values, { node, signal }: CallWith<keyof FetchingNode>) =>
    fetchInvoice(values, node, signal),
});

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** Rejects parameters that do not fit the offer, in lightningd's order. */
function checkFetch(values: Values, { clock }: FetchingNode): void {
  const { offerAbsoluteExpiry, offerAmount, offerQuantityMax } = values.offer.values;
  const isFirst = (values.recurrence_counter ?? 0) === 0;
  if (offerAbsoluteExpiry !== undefined && seconds(clock) > offerAbsoluteExpiry && isFirst) {
    throw new CommandError(ErrorCode.offerExpired, 'Offer expired');
  }
  if (offerAmount === undefined && values.amount_msat === undefined) {
    throw invalid('amount_msat parameter required');
  }
  checkQuantity(values.quantity, offerQuantityMax);
  checkRecurrence(values);
}

function checkQuantity(quantity: bigint | undefined, max: bigint | undefined): void {
  if (max === undefined) {
    if (quantity !== undefined) throw invalid('quantity parameter unnecessary');
    return;
  }
  if (quantity === undefined) throw invalid('quantity parameter required');
  if (quantity === 0n) throw invalid('quantity parameter must be non-zero');
  if (max !== 0n && quantity > max) throw invalid(`quantity must be <= ${max}`);
}

function checkRecurrence(values: Values): void {
  const { values: offered } = values.offer;
  const { recurrence_counter: counter, recurrence_start: start } = values;
  if (recurrenceOf(offered) === undefined) {
    if (counter !== undefined) throw invalid('unnecessary invreq_recurrence_counter');
    if (start !== undefined) throw invalid('unnecessary invreq_recurrence_start');
    return;
  }
  if (counter === undefined) throw invalid('needs recurrence_counter');
  if (values.payer_metadata !== undefined) {
    throw invalid('Cannot set payer_metadata for recurring offers');
  }
  if (offered.offerRecurrenceBase === undefined && start !== undefined) {
    throw invalid('unnecessary recurrence_start');
  }
  if (values.recurrence_label === undefined) throw invalid('needs recurrence_label');
}

/** Fetches an invoice for an offer: of our own node, or of a node of the world. */
async function fetchInvoice(
  values: Values,
  node: FetchingNode,
  signal: AbortSignal,
): Promise<CommandResult> {
  const request = requestFor(values, node);
  checkPaidPeriods(request, values.recurrence_label, node);
  const invoice = await requestedInvoice(request, values.timeout, node, signal);
  const fetched = decodeBolt12Invoice(invoice, INVOICE_FEATURES).values;
  return { invoice, changes: changesOf(fetched), next_period: nextPeriodJson(fetched) };
}

/** @throws CommandError if the previous period of a recurring offer is not paid, or it is too early or too late */
export function checkPaidPeriods(
  { request }: PayerRequest,
  label: string | undefined,
  { clock, world }: NodeWith<'clock' | 'world'>,
): void {
  checkPeriod(
    request,
    world.paymentStore.attempts({ matches: (payment) => payment.label === label }),
    seconds(clock),
  );
}

/** The invoice for an offer, for a payment. @throws CommandError if the node gets none */
export async function fetchedInvoice(
  text: string,
  options: { readonly amountMsat: bigint | undefined; readonly payerNote: string | undefined },
  node: FetchingNode,
  signal: AbortSignal,
): Promise<string> {
  const values = {
    offer: decodeOffer(text),
    amount_msat: options.amountMsat,
    payer_note: options.payerNote,
    timeout: 60,
  } as Values;
  checkFetch(values, node);
  return String((await fetchInvoice(values, node, signal))['invoice']);
}

function requestFor(values: Values, { keys, identity }: FetchingNode): PayerRequest {
  const wishes = {
    amountMsat: values.amount_msat,
    quantity: values.quantity,
    payerNote: values.payer_note,
    bip353: values.bip353,
    metadata: values.payer_metadata,
    counter: values.recurrence_counter,
    start: values.recurrence_start,
    recurrenceLabel: values.recurrence_label,
  };
  return payerRequest(values.offer, wishes, { keys, network: identity.network });
}

/** lightningd reports the amount unless it is the expected one. */
function changesOf(values: Bolt12InvoiceValues): { amount_msat?: bigint | undefined } {
  const { invreqAmount, offerAmount, offerCurrency, invreqQuantity = 1n } = values;
  const ofOffer =
    offerCurrency === undefined && offerAmount !== undefined
      ? offerAmount * invreqQuantity
      : undefined;
  const expected = invreqAmount ?? ofOffer;
  return values.invoiceAmount === expected ? {} : { amount_msat: values.invoiceAmount };
}
