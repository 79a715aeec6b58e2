import { seconds } from '../../clock.ts';
import type { WorldContext } from '../context.ts';
import { OURS } from '../nodes.ts';
import type { Payment, PaymentFailure } from '../payment.ts';
import type { PaymentStore } from '../payment-store.ts';
import { Waiters } from '../../waiters.ts';
import { routeText } from './held-route.ts';
import type { PaymentNotices } from './payment-notices.ts';
import type { PaymentGroup, PaymentRequest, PlannedPart } from './payment-request.ts';

/** The parts that a caller waits for: one, or all of a group. */
interface Awaited {
  readonly paymentHash: Buffer;
  readonly groupId: bigint;
  readonly partId?: bigint | undefined;
}

/** How a part ended: with its preimage, or a failure. */
interface PartEnd {
  readonly preimage?: Buffer;
  /** The encrypted onion of the failure, in hex. */
  readonly failure?: string;
  readonly reason?: PaymentFailure;
}

/** Records the parts of payments from start to end, and resolves the callers that wait for them. */
export class PaymentRecords {
  readonly #context: WorldContext;
  readonly #store: PaymentStore;
  readonly #notices: PaymentNotices;
  readonly #waiters = new Waiters<Awaited, undefined>();

  constructor(context: WorldContext, store: PaymentStore, notices: PaymentNotices) {
    this.#context = context;
    this.#store = store;
    this.#notices = notices;
  }

  /** Records a part that is sent. It is pending until `finish`. */
  begin(
    request: PaymentRequest,
    part: PlannedPart,
    { groupId, started }: PaymentGroup,
    htlc?: Payment['htlc'],
  ): Payment {
    const [first] = part.route;
    const payment = this.#store.add({
      paymentHash: request.paymentHash,
      groupId,
      partId: part.partId,
      destination: request.destination,
      amountMsat: part.amountMsat,
      totalMsat: request.totalMsat ?? request.amountMsat,
      sentMsat: first?.amountMsat ?? part.amountMsat,
      createdAt: started,
      label: request.label,
      description: request.description,
      invstring: request.invstring,
      route: routeText(part.route),
      firstChannel: first?.from === OURS ? first.channel.key : undefined,
      keysendPreimage: request.preimage,
      htlc,
      bySendpay: request.bySendpay === true || part.partId === 0n,
    });
    this.#notices.counted('created', payment);
    return payment;
  }

  finish(payment: Payment, { preimage, failure, reason }: PartEnd): Payment {
    const finished = this.#store.finish(payment, {
      status: preimage === undefined ? 'failed' : 'complete',
      completedAt: seconds(this.#context.clock),
      preimage,
      failure,
      reason,
    });
    this.#notices.counted('updated', finished);
    this.#context.notifier.whenCommitted(() =>
      this.#waiters.resolveWhere(
        () => undefined,
        (awaited) => !this.isPending(awaited),
      ),
    );
    return finished;
  }

  /** Waits until the parts are not pending. Rejects when the signal aborts. */
  async finished(awaited: Awaited, signal: AbortSignal): Promise<void> {
    if (this.isPending(awaited)) await this.#waiters.wait(awaited, signal);
  }

  isPending({ paymentHash, groupId, partId }: Awaited): boolean {
    return this.#store
      .ofHash(paymentHash)
      .some(
        (each) =>
          each.status === 'pending' &&
          each.groupId === groupId &&
          (partId ?? each.partId) === each.partId,
      );
  }
}
