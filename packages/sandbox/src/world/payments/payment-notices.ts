import { withNanoseconds } from '../../clock.ts';
import { RawJson } from '@clnrest/json';
import type { JsonObject } from '../../json/output.ts';
import type { WorldContext } from '../context.ts';
import { directionFrom } from '../channel.ts';
import type { WorldNodes } from '../nodes.ts';
import { failedPaymentJson, paymentJson, type Payment } from '../payment.ts';
import { sendpayFailure } from './sendpay-failure.ts';
import type { Hop } from '../routes.ts';
import type { Waits } from '../waits.ts';
import type { PaymentGroup, PaymentRequest, PlannedPart } from './payment-request.ts';

/** The origin of payment notifications in lightningd. */
const PAYER = 'cln-xpay';

/** Notifications about payments that we send, and the counters of `wait`. */
export class PaymentNotices {
  readonly #context: WorldContext;
  readonly #nodes: WorldNodes;
  readonly #waits: Waits;

  constructor(context: WorldContext, nodes: WorldNodes, waits: Waits) {
    this.#context = context;
    this.#nodes = nodes;
    this.#waits = waits;
  }

  /** A part is about to be sent by lightningd's `xpay`. Keysend payments have none. */
  started(request: PaymentRequest, part: PlannedPart, { groupId }: PaymentGroup): void {
    if (part.partId === 0n || request.bySendpay === true) return;
    const total = request.totalMsat ?? request.amountMsat;
    this.#context.notifier.fromBuiltin('pay_part_start', PAYER, () => ({
      payment_hash: request.paymentHash.toString('hex'),
      groupid: groupId,
      partid: part.partId,
      total_payment_msat: total,
      attempt_msat: part.amountMsat,
      hops: part.route.map((hop, index) => ({
        next_node: this.#nodes.idOf(hop.to),
        short_channel_id: hop.channel.scid,
        direction: this.direction(hop),
        channel_in_msat: index === 0 ? hop.amountMsat : (part.route[index - 1]?.amountMsat ?? 0n),
        channel_out_msat: hop.amountMsat,
      })),
    }));
  }

  /** Counts a payment for `wait`: created, or updated to another status. */
  counted(index: 'created' | 'updated', payment: Payment): void {
    const value = index === 'created' ? payment.index : payment.updatedIndex;
    if (value === undefined) return;
    this.#waits.counted('sendpays', index, value, () => ({
      status: index === 'created' ? 'pending' : payment.status,
      partid: payment.partId,
      groupid: payment.groupId,
      payment_hash: payment.paymentHash.toString('hex'),
    }));
  }

  completed(payment: Payment): void {
    this.sent(payment);
    this.ended(payment, 'success', {});
  }

  sent(payment: Payment): void {
    this.#context.notifier.native('sendpay_success', () => paymentJson(payment));
  }

  /** lightningd cannot read the failure onions of `xpay`. */
  failed(payment: Payment): void {
    this.#context.notifier.native('sendpay_failure', () =>
      payment.bySendpay && payment.reason !== undefined
        ? { ...sendpayFailure(payment) }
        : failedPaymentJson(payment),
    );
  }

  ended(
    payment: Payment,
    status: 'success' | 'failure',
    { failed_msg, ...rest }: JsonObject,
  ): void {
    // A payment by sendpay or keysend has no parts, so it has no `pay_part_end`.
    if (payment.bySendpay) return;
    const { clock, notifier } = this.#context;
    const duration = RawJson.checked(withNanoseconds(clock.now() - payment.createdAt));
    const named = {
      payment_hash: payment.paymentHash.toString('hex'),
      groupid: payment.groupId,
      partid: payment.partId,
    };
    notifier.fromBuiltin('pay_part_end', PAYER, () =>
      status === 'success'
        ? { status, duration, ...named }
        : { status, ...named, failed_msg, duration, ...rest },
    );
  }

  direction({ from, to }: Hop): number {
    return directionFrom(this.#nodes.idOf(from), this.#nodes.idOf(to));
  }
}
