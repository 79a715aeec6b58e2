import type { JsonObject } from '../json/output.ts';
import type { Htlc, HtlcStore } from './htlc-store.ts';
import { stateName } from './htlc-store.ts';
import type { Waits } from './waits.ts';

/** Resolves the callers that wait for HTLCs. Many parts of the world change HTLCs, so it compares the indexes after each commit. */
export class HtlcWaits {
  readonly #htlcs: HtlcStore;
  readonly #waits: Waits;

  constructor(htlcs: HtlcStore, waits: Waits) {
    this.#htlcs = htlcs;
    this.#waits = waits;
    waits.htlcs = htlcs;
  }

  /** Call it after each commit. */
  update(): void {
    if (!this.#waits.isAwaited('htlcs')) return;
    const htlcs = this.#htlcs;
    const last = (index: 'created' | 'updated'): Htlc | undefined => htlcs.last(index);
    this.#waits.counted('htlcs', 'created', htlcs.value('created'), () =>
      detailsOf(last('created'), firstState),
    );
    this.#waits.counted('htlcs', 'updated', htlcs.value('updated'), () =>
      detailsOf(last('updated'), stateName),
    );
    this.#waits.counted('htlcs', 'deleted', htlcs.value('deleted'), () => ({
      short_channel_id: htlcs.lastForgotten(),
    }));
  }
}

function detailsOf(htlc: Htlc | undefined, stateOf: (htlc: Htlc) => string): JsonObject {
  if (htlc === undefined) return {};
  return {
    state: stateOf(htlc),
    short_channel_id: htlc.scid,
    direction: htlc.direction,
    htlc_id: htlc.id,
    cltv_expiry: htlc.expiry,
    payment_hash: htlc.paymentHash.toString('hex'),
    amount_msat: htlc.amountMsat,
  };
}

/** The state in which lightningd creates an HTLC. */
function firstState({ direction }: Htlc): string {
  return direction === 'out' ? 'SENT_ADD_HTLC' : 'RCVD_ADD_COMMIT';
}
