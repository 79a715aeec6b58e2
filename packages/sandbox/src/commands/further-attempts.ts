import { announcedPolicy, directionFrom, limitsOf, routingFee } from '../world/channel.ts';
import type { WireFailure } from '../world/failures.ts';
import type { Payment } from '../world/payment.ts';
import { routeOfText } from '../world/payments/held-route.ts';
import { failureError } from '../world/payments/outgoing-parts.ts';
import type { PaymentRequest } from '../world/payments/payment-request.ts';
import { type Hop, sideOf } from '../world/routes.ts';
import type { World } from '../world/world.ts';
import { CommandError, ErrorCode } from './errors.ts';

const UNKNOWN_DETAILS: WireFailure = 'incorrect_or_unknown_payment_details';

/** No payment can pass. */
const NONE = -1n;

/**
 * Waits for the parts of a payment, and sends those again that fail at other sandboxes. As lightningd's xpay, it learns from each
 * failure which channel to avoid, and its texts are those of xpay.
 */
export class FurtherAttempts {
  readonly #world: World;
  readonly #request: PaymentRequest;
  readonly #signal: AbortSignal;
  readonly #learned = new Map<string, bigint>();
  readonly #results: string[] = [];
  #attempts = 0;
  /** A part has failed for good. */
  #hasFailed = false;

  constructor(world: World, request: PaymentRequest, signal: AbortSignal) {
    this.#world = world;
    this.#request = request;
    this.#signal = signal;
  }

  /** Resolves when all parts are complete. @throws CommandError, by its promise, if one fails; the reason of the signal */
  async finish(parts: readonly Payment[]): Promise<void> {
    this.#attempts += parts.length;
    try {
      await Promise.all(parts.map((part) => this.#finishPart(part)));
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async #finishPart(part: Payment): Promise<void> {
    const { payments, nodes } = this.#world;
    await payments.records.finished(part, this.#signal);
    const ended = payments.partsOf(part).find(({ index }) => index === part.index);
    if (ended?.status === 'complete') return;
    const reason = ended?.reason;
    const isShared = nodes.byId(this.#request.destination)?.member !== undefined;
    const canRetry = isShared && this.#request.preimage === undefined;
    if (ended === undefined || reason === undefined || !canRetry || this.#hasFailed) {
      throw failureError(reason?.failure ?? UNKNOWN_DETAILS);
    }
    this.#learn(ended, reason);
    await this.#sendAgain(ended);
  }

  async #sendAgain(part: Payment): Promise<void> {
    const { payments } = this.#world;
    const { amountMsat, groupId } = part;
    const spent = payments
      .partsOf(part)
      .filter(({ status }) => status !== 'failed')
      .reduce((sum, each) => sum + each.sentMsat - each.amountMsat, 0n);
    const outcome = payments.send({
      ...this.#request,
      amountMsat,
      totalMsat: part.totalMsat,
      maxFeeMsat: this.#request.maxFeeMsat - spent,
      again: { groupId, learned: this.#learned },
    });
    if (outcome.status === 'failed') throw this.#noFurtherRoute(amountMsat, outcome.error);
    await this.finish(outcome.payments);
  }

  /** Learns which channel to avoid. @throws CommandError if the destination does not accept the payment */
  #learn(
    { route: text, amountMsat }: Payment,
    { failure, index }: NonNullable<Payment['reason']>,
  ): void {
    const route = routeOfText(text, this.#world.channels);
    const isFinal = index >= route.length;
    const hop = route[Math.min(index, route.length - 1)];
    if (hop === undefined || (isFinal && failure === UNKNOWN_DETAILS)) throw failureError(failure);
    if (isFinal && failure === 'mpp_timeout') {
      this.#results.push(
        `Payment of ${amountMsat}msat reached destination, but timed out before the rest arrived.`,
      );
      return;
    }
    const place = this.#describe(hop);
    if (isFinal) {
      this.#results.push(
        `Unexpected error (${failure}) from final node: disabling ${place} for this payment`,
      );
      this.#limit(hop, NONE);
    } else if (isOutdated(hop, route[index - 1], failure)) {
      this.#results.push(
        `We got ${failure} for ${place}, containing a channel_update: updating our map`,
      );
    } else if (failure === 'temporary_channel_failure') {
      this.#results.push(
        `We got ${failure} for ${place}, assuming it can't carry ${hop.amountMsat}msat`,
      );
      this.#limit(hop, hop.amountMsat - 1n);
    } else {
      this.#results.push(
        `We got a weird error (${failure}) for ${place}: disabling it for this payment`,
      );
      this.#limit(hop, NONE);
    }
  }

  #limit({ channel, from }: Hop, most: bigint): void {
    const side = sideOf(channel, from);
    const known = this.#learned.get(side);
    if (known === undefined || most < known) this.#learned.set(side, most);
  }

  #describe({ channel, from, to }: Hop): string {
    const { nodes } = this.#world;
    return `${channel.scid}/${directionFrom(nodes.idOf(from), nodes.idOf(to))}`;
  }

  #noFurtherRoute(amountMsat: bigint, { code, message }: CommandError): CommandError {
    if (code !== ErrorCode.payNoRoute) return new CommandError(code, message);
    const complaint =
      amountMsat === this.#request.amountMsat
        ? 'Then routing failed'
        : `Then routing for remaining ${amountMsat}msat failed`;
    const results = this.#results.map((result) => `${result}. `).join('');
    return new CommandError(
      ErrorCode.payUnspecified,
      `Failed after ${this.#attempts} attempts. ${results}${complaint}: ${message.replace(/^Failed: /, '')}`,
    );
  }
}

/** Whether the node has announced other fees or limits since the payment was sent. */
function isOutdated(
  { channel, from, amountMsat }: Hop,
  before: Hop | undefined,
  failure: WireFailure,
): boolean {
  const policy = announcedPolicy(channel, from);
  if (failure === 'fee_insufficient') {
    return (before?.amountMsat ?? 0n) < amountMsat + routingFee(amountMsat, policy);
  }
  if (failure !== 'temporary_channel_failure') return false;
  const { minimumMsat, maximumMsat } = limitsOf(channel, policy);
  return amountMsat < minimumMsat || amountMsat > maximumMsat;
}
