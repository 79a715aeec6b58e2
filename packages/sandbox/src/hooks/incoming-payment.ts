import { CommandError, ErrorCode } from '../commands/errors.ts';
import { paymentSecretOf } from '../invoices/invoices.ts';
import { peerOf } from '../world/channel.ts';
import { failureMessage } from '../world/failures.ts';
import type { IncomingPayment, IncomingRequest } from '../world/payments.ts';
import type { Hop } from '../world/routes.ts';
import type { World } from '../world/world.ts';
import { type HookNode, isHooked } from './chain.ts';
import { callHtlcAccepted, type IncomingHtlc } from './htlc-accepted.ts';
import { callInvoicePayment } from './invoice-payment.ts';

type PaidNode = HookNode & { readonly world: World };

/**
 * Receives a payment of one of our invoices. If plugins registered a hook about it, they decide first: `htlc_accepted` if
 * the payment arrives through a channel, then `invoice_payment`.
 *
 * @throws CommandError, or a promise that rejects with one, if the payment fails
 */
export function receivePayment(
  node: PaidNode,
  request: IncomingRequest,
): IncomingPayment | Promise<IncomingPayment> {
  return isHooked(node, 'htlc_accepted', 'invoice_payment')
    ? receiveHooked(node, request)
    : node.world.payments.receive(request, 'invoice');
}

async function receiveHooked(node: PaidNode, request: IncomingRequest): Promise<IncomingPayment> {
  const { payments, chain } = node.world;
  const planned = payments.plan(request);
  const last = planned.route.at(-1);
  const failed = last && { hop: last, paymentHash: planned.invoice.paymentHash };
  if (last !== undefined) {
    const decision = await callHtlcAccepted(node, htlcOf(planned, last, node.world));
    if (decision.kind === 'resolve') return payments.receive(request, 'plugin');
    if (decision.kind === 'fail') throw refused(node.world, failed, decision.message);
  }
  const rejection = await callInvoicePayment(node, planned.invoice, planned.amountMsat);
  if (rejection === undefined) return payments.receive(request, 'invoice');
  const unknown = failureMessage(
    'incorrect_or_unknown_payment_details',
    planned.amountMsat,
    chain.height,
  );
  throw refused(node.world, failed, rejection === '' ? unknown : rejection);
}

function htlcOf(
  { invoice, amountMsat }: IncomingPayment,
  { channel, delay }: Hop,
  { nodes, chain }: World,
): IncomingHtlc {
  const cltvExpiry = chain.height + delay;
  return {
    peerId: nodes.idOf(peerOf(channel)),
    channel: channel.scid ?? '',
    id: channel.incoming.offered,
    amountMsat,
    blockheight: chain.height,
    cltvExpiry,
    paymentHash: invoice.paymentHash,
    onion: { forwardMsat: amountMsat, cltv: cltvExpiry, secret: paymentSecretOf(invoice.preimage) },
  };
}

/** Adds the failed HTLC, and returns the error for the sender. */
export function refused(
  { payments }: World,
  failed: { readonly hop: Hop; readonly paymentHash: Buffer } | undefined,
  message: string | undefined,
): CommandError {
  if (failed !== undefined) payments.refuse(failed.hop, failed.paymentHash);
  return new CommandError(
    ErrorCode.payDestinationFailed,
    `A plugin failed the payment with ${message === undefined ? 'an onion' : `the message ${message}`}`,
    message === undefined ? undefined : { failure_message: message },
  );
}
