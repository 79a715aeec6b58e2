import { CommandError, ErrorCode } from '../commands/errors.ts';
import { peerOf } from '../world/channel.ts';
import { failureMessage, failureOfMessage } from '../world/failures.ts';
import type { IncomingHtlc } from '../world/payments/incoming-htlc-store.ts';
import type { IncomingPayment, IncomingRequest } from '../world/payments/incoming-payments.ts';
import type { NodeWith } from '../node.ts';
import type { World } from '../world/world.ts';
import { type HookNode, isHooked } from './chain.ts';
import { callHtlcAccepted, waitingFor } from './htlc-accepted.ts';
import { callInvoicePayment } from './invoice-payment.ts';

type PaidNode = HookNode & NodeWith<'invoices' | 'world'>;

/**
 * Receives a payment of one of our invoices. If plugins registered a hook about it, they decide first: `htlc_accepted` if
 * the payment arrives through a channel, then `invoice_payment`. The payment is pending until then.
 *
 * @throws CommandError, or a promise that rejects with one, if the payment fails
 */
export function receivePayment(
  node: PaidNode,
  request: IncomingRequest,
): IncomingPayment | Promise<IncomingPayment> {
  const { incoming } = node.world.payments;
  if (!isHooked(node, 'htlc_accepted', 'invoice_payment')) return incoming.receive(request);
  const arrived = incoming.arrive(request, false);
  return 'htlc' in arrived
    ? receiveHooked(node, arrived, arrived.htlc)
    : payOutside(node, arrived, request);
}

async function receiveHooked(
  node: PaidNode,
  arrived: IncomingPayment,
  htlc: IncomingHtlc,
): Promise<IncomingPayment> {
  await decidePayment(node, htlc);
  return { ...arrived, invoice: node.invoices.byHash(htlc.paymentHash) ?? arrived.invoice };
}

/**
 * Lets the plugins decide about a pending HTLC, and settles or fails it. A part of a payment stays pending until the other
 * parts have arrived.
 *
 * @throws CommandError if the payment fails, or the node stops: then the payment stays pending
 */
export async function decidePayment(node: PaidNode, htlc: IncomingHtlc): Promise<void> {
  const { payments, htlcs } = node.world;
  const { incoming } = payments;
  const name = { scid: htlc.scid, direction: 'in', id: htlc.id } as const;
  const setStatus = (plugin: string): void => htlcs.setStatus(name, waitingFor(plugin));
  try {
    const decision = await callHtlcAccepted(node, hookHtlc(htlc, node.world), setStatus);
    if (decision.kind === 'resolve') return incoming.settle([htlc], decision.preimage);
    if (decision.kind === 'fail') return fail(node.world, [htlc], decision.message);
  } finally {
    htlcs.setStatus(name, undefined);
  }
  const parts = incoming.accept(htlc);
  if (parts !== undefined) return settleByInvoice(node, parts);
}

/** All parts of a payment have arrived, or one that fails. */
async function settleByInvoice(node: PaidNode, parts: readonly IncomingHtlc[]): Promise<void> {
  const { incoming } = node.world.payments;
  const [first] = parts;
  const invoice = first && node.invoices.byHash(first.paymentHash);
  // lightningd calls invoice_payment only if it would settle the payment.
  if (invoice === undefined || incoming.problem(parts, 'invoice') !== undefined) {
    return incoming.settle(parts, 'invoice');
  }
  const amountMsat = parts.reduce((sum, each) => sum + each.amountMsat, 0n);
  const rejection = await callInvoicePayment(node, invoice, amountMsat);
  if (rejection === undefined) return incoming.settle(parts, 'invoice');
  return fail(node.world, parts, messageOf(rejection, amountMsat, node.world));
}

/** Decides again about the payments that were pending when the node stopped, as lightningd does. */
export function resumePayments(node: PaidNode): void {
  for (const htlc of node.world.payments.incoming.pending()) {
    if (htlc.isHeld) continue;
    node.log.log('unusual', `Replaying old unprocessed HTLC #${htlc.id}`);
    void decideLater(node, htlc);
  }
}

/** Decides about a payment that no caller waits for. */
export async function decideLater(node: PaidNode, htlc: IncomingHtlc): Promise<void> {
  try {
    await decidePayment(node, htlc);
  } catch (error) {
    if (node.plugins.isStopping) return;
    const message = error instanceof CommandError ? error.message : String(error);
    node.log.log('debug', `HTLC #${htlc.id} failed: ${message}`);
  }
}

/** A payment from outside that no channel carries. */
async function payOutside(
  node: PaidNode,
  { invoice, amountMsat }: IncomingPayment,
  request: IncomingRequest,
): Promise<IncomingPayment> {
  const rejection = await callInvoicePayment(node, invoice, amountMsat);
  if (rejection === undefined) return node.world.payments.incoming.receive(request);
  throw refused(messageOf(rejection, amountMsat, node.world));
}

function messageOf(rejection: string, amountMsat: bigint, { chain }: World): string {
  if (rejection !== '') return rejection;
  return failureMessage('incorrect_or_unknown_payment_details', amountMsat, chain.height);
}

function hookHtlc(
  { channel: key, id, amountMsat, totalMsat, secret, expiry, paymentHash }: IncomingHtlc,
  { nodes, chain, channels }: World,
): Parameters<typeof callHtlcAccepted>[1] {
  const channel = channels.get(key);
  return {
    peerId: nodes.idOf(peerOf(channel)),
    channel: channel.scid ?? '',
    id,
    amountMsat,
    blockheight: chain.height,
    cltvExpiry: expiry,
    paymentHash,
    onion: {
      forwardMsat: amountMsat,
      totalMsat,
      cltv: expiry,
      ...(secret === undefined ? {} : { secret }),
    },
  };
}

function fail(
  { payments }: World,
  htlcs: readonly IncomingHtlc[],
  message: string | undefined,
): never {
  const failure = message === undefined ? 'temporary_node_failure' : failureOfMessage(message);
  for (const htlc of htlcs) payments.incoming.fail(htlc, failure);
  throw refused(message);
}

/** The error for the sender of a payment that a plugin has failed. */
export function refused(message: string | undefined): CommandError {
  return new CommandError(
    ErrorCode.payDestinationFailed,
    `A plugin failed the payment with ${message === undefined ? 'an onion' : `the message ${message}`}`,
    message === undefined ? undefined : { failure_message: message },
  );
}
