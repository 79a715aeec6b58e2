import { secondsOf } from '../clock.ts';
import type { JsonObject } from '../json/output.ts';

export type PaymentStatus = 'complete' | 'failed';

/** A payment that our node sent, in one part. */
export interface Payment {
  readonly index: bigint;
  readonly paymentHash: Buffer;
  readonly groupId: bigint;
  /** 0 for a payment without parts (keysend). */
  readonly partId: bigint;
  readonly destination: string;
  readonly amountMsat: bigint;
  readonly sentMsat: bigint;
  /** Nanoseconds since 1970. */
  readonly createdAt: bigint;
  /** Seconds since 1970. */
  readonly completedAt: bigint;
  readonly status: PaymentStatus;
  readonly preimage: Buffer | undefined;
  /** The label as written in the request, with its escapes. */
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly bolt11: string | undefined;
  /** The encrypted failure onion that the payment returned, in hex. */
  readonly failure: string | undefined;
}

/** The first members of a payment. `sendpay_failure` lacks the updated index that follows them in lists. */
function identityJson(payment: Payment): JsonObject {
  return {
    created_index: payment.index,
    id: payment.index,
    payment_hash: payment.paymentHash.toString('hex'),
    groupid: payment.groupId,
  };
}

function amountsJson(payment: Payment): JsonObject {
  return {
    partid: payment.partId === 0n ? undefined : payment.partId,
    destination: payment.destination,
    amount_msat: payment.amountMsat,
    amount_sent_msat: payment.sentMsat,
    created_at: secondsOf(payment.createdAt),
  };
}

function descriptionJson(payment: Payment): JsonObject {
  return {
    label: payment.label,
    bolt11: payment.bolt11,
    description: payment.description,
  };
}

/** A payment in the format of `listsendpays`, `waitsendpay` and `sendpay_success`. */
export function paymentJson(payment: Payment): JsonObject {
  return {
    ...identityJson(payment),
    updated_index: payment.index,
    ...amountsJson(payment),
    completed_at: payment.completedAt,
    status: payment.status,
    payment_preimage: payment.preimage?.toString('hex'),
    ...descriptionJson(payment),
    erroronion: payment.failure,
  };
}

/** A payment before lightningd updates its status. */
export function pendingPaymentJson(payment: Payment): JsonObject {
  return {
    ...identityJson(payment),
    ...amountsJson(payment),
    status: 'pending',
    ...descriptionJson(payment),
  };
}

/** A failed payment in the format of `sendpay_failure`: lightningd sends it before it updates the status. */
export function failedPaymentJson(payment: Payment): JsonObject {
  return {
    code: 202,
    message: 'Malformed error reply',
    data: { ...pendingPaymentJson(payment), onionreply: payment.failure },
  };
}

/** Why a payment to ourselves failed. @param id - our public key */
export function selfFailureJson(id: string): JsonObject {
  return {
    erring_index: 0,
    failcode: 0x400f,
    failcodename: 'WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS',
    erring_node: id,
  };
}

/** A payment in the format of `listpays`, which combines the attempts of one payment. */
export function payJson(payment: Payment): JsonObject {
  return {
    bolt11: payment.bolt11,
    description: payment.description,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    status: payment.status,
    created_at: secondsOf(payment.createdAt),
    completed_at: payment.status === 'complete' ? payment.completedAt : undefined,
    label: payment.label,
    ...(payment.status === 'complete'
      ? { preimage: payment.preimage?.toString('hex'), amount_msat: payment.amountMsat }
      : {}),
    amount_sent_msat: payment.status === 'complete' ? payment.sentMsat : 0,
    created_index: payment.index,
    updated_index: payment.index,
  };
}
