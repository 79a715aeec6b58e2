import { randomBytes } from 'node:crypto';
import {
  type Bip353Name,
  Bolt12Error,
  decodeBolt12Invoice,
  decodeInvoiceRequest,
  decodeOffer,
  encodeInvoiceRequest,
  type Offer,
} from '@clnrest/runes/bolt12';
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
import { answerRequest } from '../bolt12/answer-request.ts';
import type { Answer } from '../bolt12/request-problem.ts';
import { chainOf, hasChain } from '../bolt12/chain.ts';
import { INVOICE_FEATURES } from '../bolt12/decode.ts';
import { seconds } from '../clock.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { lenientHex } from '../params/hex.ts';
import { askBolt12 } from '../shared-world/ask-bolt12.ts';
import type { WorldNode } from '../world/nodes.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { withTimeout } from './with-timeout.ts';

/** The parts of the node that a fetched invoice needs. */
export type FetchingNode = NodeWith<
  'clock' | 'identity' | 'invoices' | 'keys' | 'memberRequests' | 'offers' | 'peers' | 'world'
>;

const METADATA_BYTES = 16;

const offer: Parser<{ readonly offer: Offer; readonly text: string }> = (token, name) => {
  try {
    return { offer: decodeOffer(token.text), text: token.text };
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw invalidToken(name, `Unparsable offer: ${error.message}`, token);
  }
};

/** lightningd ignores a value that is not hex, and crashes if it is empty. */
const metadata: Parser<Buffer | undefined> = (token, name) => {
  if (token.type === 'string' && token.text === '') {
    throw invalidToken(name, 'should be a hex value', token);
  }
  return lenientHex(token, name);
};

const bip353: Parser<Bip353Name> = ({ text, ...token }, name) => {
  const at = text.indexOf('@');
  if (at < 0) throw invalidToken(name, 'missing @', { text, ...token });
  const local = text.slice(0, at).replace(/^₿/, '');
  return { name: Buffer.from(local), domain: Buffer.from(text.slice(at + 1)) };
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
    if (!hasChain(values.offer.offer.values.offerChains, node.identity.network)) {
      const token =
        params.type === 'object'
          ? params.members.find(([key]) => key === 'offer')?.[1]
          : params.items[0];
      throw invalidToken('offer', 'Unparsable offer: wrong chain', token ?? params);
    }
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
  const { offerAbsoluteExpiry, offerAmount, offerQuantityMax } = values.offer.offer.values;
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
  const { offerRecurrenceCompulsory, offerRecurrenceOptional, offerRecurrenceBase } =
    values.offer.offer.values;
  const { recurrence_counter: counter, recurrence_start: start } = values;
  if ((offerRecurrenceCompulsory ?? offerRecurrenceOptional) === undefined) {
    if (counter !== undefined) throw invalid('unnecessary invreq_recurrence_counter');
    if (start !== undefined) throw invalid('unnecessary invreq_recurrence_start');
    return;
  }
  if (counter === undefined) throw invalid('needs recurrence_counter');
  if (values.payer_metadata !== undefined) {
    throw invalid('Cannot set payer_metadata for recurring offers');
  }
  if (offerRecurrenceBase === undefined && start !== undefined) {
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
  const answer = await sendRequest(request, values.timeout, node, signal);
  if ('problem' in answer) {
    const message = 'Remote node sent failure message';
    throw new CommandError(ErrorCode.offerBadReply, message, { error: answer.problem });
  }
  return { invoice: answer.sent, changes: changesOf(answer.sent) };
}

/** The invoice for an offer, for a payment. @throws CommandError if the node gets none */
export async function fetchedInvoice(
  text: string,
  options: { readonly amountMsat: bigint | undefined; readonly payerNote: string | undefined },
  node: FetchingNode,
  signal: AbortSignal,
): Promise<string> {
  const values = {
    offer: { offer: decodeOffer(text), text },
    amount_msat: options.amountMsat,
    payer_note: options.payerNote,
    timeout: 60,
  } as Values;
  checkFetch(values, node);
  return String((await fetchInvoice(values, node, signal))['invoice']);
}

function requestFor(values: Values, { keys, identity }: FetchingNode): string {
  const metadata = values.payer_metadata ?? randomBytes(METADATA_BYTES);
  const payer = keys.payerKey(metadata);
  return encodeInvoiceRequest(
    {
      invreqMetadata: metadata,
      invreqChain: chainOf(identity.network),
      invreqAmount: values.amount_msat,
      invreqQuantity: values.quantity,
      invreqPayerId: payer.id,
      invreqPayerNote: values.payer_note,
      invreqBip353Name: values.bip353,
      invreqRecurrenceCounter: values.recurrence_counter,
      invreqRecurrenceStart: values.recurrence_start,
    },
    payer.sign,
    values.offer.offer.tlvs,
  );
}

async function sendRequest(
  text: string,
  timeout: number,
  node: FetchingNode,
  signal: AbortSignal,
): Promise<Answer<string>> {
  const request = decodeInvoiceRequest(text);
  const issuer = Buffer.from(request.values.offerIssuerId ?? []).toString('hex');
  if (issuer === node.identity.id) {
    const answer = answerRequest(node, request);
    return 'sent' in answer ? { sent: answer.sent.invstring } : answer;
  }
  if (node.world.nodes.byId(issuer)?.member !== undefined) {
    return withTimeout(
      timeout,
      signal,
      (either) => askBolt12(issuer, { name: 'invoice_request', text }, node, either),
      responseTimeout,
    );
  }
  const found = await reachedNode(issuer, timeout, node, signal);
  return node.world.peerOffers.answer(found, request);
}

function responseTimeout(): CommandError {
  return new CommandError(ErrorCode.offerTimeout, 'Timeout waiting for response');
}

/** The node, once it replies to messages. @throws CommandError if it never does */
export async function reachedNode(
  id: string,
  timeout: number,
  { world }: NodeWith<'world'>,
  signal: AbortSignal,
): Promise<WorldNode> {
  const found = world.nodes.byId(id);
  if (found === undefined || found.conduct === 'fail') {
    throw new CommandError(
      ErrorCode.offerRouteNotFound,
      `Failed: could not route or connect directly to ${id}: {"code":400,"message":"Unable to connect, no address known for peer"}`,
    );
  }
  await withTimeout(timeout, signal, (either) => world.released(id, either), responseTimeout);
  return world.nodes.byId(id) ?? found;
}

/** lightningd reports the amount unless it is the expected one. */
function changesOf(text: string): { amount_msat?: bigint } {
  const { values } = decodeBolt12Invoice(text, INVOICE_FEATURES);
  const { invreqAmount, offerAmount, offerCurrency, invreqQuantity = 1n } = values;
  const ofOffer =
    offerCurrency === undefined && offerAmount !== undefined
      ? offerAmount * invreqQuantity
      : undefined;
  const expected = invreqAmount ?? ofOffer;
  return values.invoiceAmount === expected ? {} : { amount_msat: values.invoiceAmount };
}
