import { RawJson } from '@clnrest/json';
import { withNanoseconds } from '../clock.ts';
import type { JsonObject } from '../json/output.ts';
import type { WorldContext } from './context.ts';
import { amountsJson, failureJson, type Forward, type ForwardStatus, timeJson } from './forward.ts';
import type { Waits } from './waits.ts';

/** Notifications about forwards, and the counters of `wait`. */
export class ForwardNotices {
  readonly #context: WorldContext;
  readonly #waits: Waits;

  constructor(context: WorldContext, waits: Waits) {
    this.#context = context;
    this.#waits = waits;
  }

  /** A forward is offered, or we have failed it. */
  created(forward: Forward): void {
    const status = forward.status === 'local_failed' ? forward.status : 'offered';
    this.#event({
      created_index: forward.index,
      ...partJson(forward),
      status,
      ...failureJson(status === 'local_failed' ? forward.failure : undefined),
      style: 'tlv',
      received_time: RawJson.checked(withNanoseconds(forward.receivedAt)),
    });
    this.#waits.counted('forwards', 'created', forward.index, () => details(forward, status));
  }

  /** The next node has settled or failed a forward. */
  resolved(forward: Forward, preimage: Buffer | undefined): void {
    const { status, updatedIndex } = forward;
    this.#event({
      updated_index: updatedIndex,
      ...partJson(forward),
      status,
      style: 'tlv',
      received_time: RawJson.checked(withNanoseconds(forward.receivedAt)),
      resolved_time: timeJson(forward.resolvedAt),
      preimage: status === 'settled' ? preimage?.toString('hex') : undefined,
    });
    if (updatedIndex === undefined) return;
    this.#waits.counted('forwards', 'updated', updatedIndex, () => details(forward, status));
  }

  #event(json: JsonObject): void {
    this.#context.notifier.native('forward_event', () => json);
  }
}

function partJson(forward: Forward): JsonObject {
  return {
    payment_hash: forward.paymentHash.toString('hex'),
    in_channel: forward.inChannel,
    in_htlc_id: forward.inHtlc,
    out_channel: forward.outChannel,
    ...amountsJson(forward),
  };
}

function details(forward: Forward, status: ForwardStatus): JsonObject {
  return {
    status,
    in_channel: forward.inChannel,
    in_htlc_id: forward.inHtlc,
    in_msat: forward.inMsat,
    out_channel: forward.outChannel,
  };
}
