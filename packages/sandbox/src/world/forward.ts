import { RawJson } from '@clnrest/json';
import { withNanoseconds } from '../clock.ts';
import type { JsonObject } from '../json/output.ts';
import { failureCode, failureName, type WireFailure } from './failures.ts';

export type ForwardStatus = 'offered' | 'settled' | 'failed' | 'local_failed';

/** A payment that our node forwarded, or failed to forward. Times are nanoseconds since 1970. */
export interface Forward {
  readonly index: bigint;
  /** Undefined until the forward is resolved, and for one that we failed. */
  readonly updatedIndex: bigint | undefined;
  readonly paymentHash: Buffer;
  readonly inChannel: string;
  readonly inHtlc: bigint;
  readonly outChannel: string;
  readonly outHtlc: bigint | undefined;
  readonly inMsat: bigint;
  readonly outMsat: bigint;
  readonly status: ForwardStatus;
  readonly failure: WireFailure | undefined;
  readonly receivedAt: bigint;
  readonly resolvedAt: bigint | undefined;
}

export function failureJson(failure: WireFailure | undefined): JsonObject {
  return failure === undefined
    ? {}
    : { failcode: failureCode(failure), failreason: failureName(failure) };
}

/** What arrived and what left. A forward that has no HTLC in the next channel shows only what arrived. */
export function amountsJson({ inMsat, outHtlc, outMsat }: Forward): JsonObject {
  const sent = outHtlc === undefined ? {} : { out_msat: outMsat, fee_msat: inMsat - outMsat };
  return { in_msat: inMsat, ...sent };
}

/** A forward in the format of `listforwards`. */
export function forwardJson(forward: Forward): JsonObject {
  return {
    created_index: forward.index,
    updated_index: forward.updatedIndex,
    in_channel: forward.inChannel,
    in_htlc_id: forward.inHtlc,
    out_channel: forward.outChannel,
    out_htlc_id: forward.outHtlc,
    ...amountsJson(forward),
    status: forward.status,
    ...failureJson(forward.status === 'local_failed' ? forward.failure : undefined),
    style: 'tlv',
    received_time: RawJson.checked(withNanoseconds(forward.receivedAt)),
    resolved_time: forward.status === 'local_failed' ? undefined : timeJson(forward.resolvedAt),
  };
}

/** A time that is not known yet is missing. */
export function timeJson(nanoseconds: bigint | undefined): RawJson | undefined {
  return nanoseconds === undefined ? undefined : RawJson.checked(withNanoseconds(nanoseconds));
}
