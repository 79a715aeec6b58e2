import { secondsOf } from '../clock.ts';
import { invstringJson } from '../invoices/invoice.ts';
import type { JsonObject } from '../json/output.ts';
import type { WireFailure } from './failures.ts';

export type PaymentStatus = 'pending' | 'complete' | 'failed';

/** Where a payment failed, and why. */
export interface PaymentFailure {
  readonly failure: WireFailure;
  /** The number of hops to the failing node. */
  readonly index: number;
  readonly node: string | undefined;
  /** The next channel of the route, or its last channel if the destination failed the payment. */
  readonly channel: string | undefined;
  readonly direction: number | undefined;
  /** The failure message, in hex. Payments of older databases have none. */
  readonly message?: string;
  /** Why our node did not send the payment. */
  readonly detail?: string | undefined;
}

/** A payment that our node sent, or a part of one. */
export interface Payment {
  readonly index: bigint;
  readonly paymentHash: Buffer;
  readonly groupId: bigint;
  /** 0 for a payment without parts (keysend). */
  readonly partId: bigint;
  readonly destination: string;
  readonly amountMsat: bigint;
  /** The amount of all parts. */
  readonly totalMsat: bigint;
  readonly sentMsat: bigint;
  /** Nanoseconds since 1970. */
  readonly createdAt: bigint;
  /** Seconds since 1970; undefined while the payment is pending. */
  readonly completedAt: bigint | undefined;
  /** Undefined while the payment is pending. */
  readonly updatedIndex: bigint | undefined;
  readonly status: PaymentStatus;
  readonly preimage: Buffer | undefined;
  /** The label as written in the request, with its escapes. */
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly invstring: string | undefined;
  /** The encrypted failure onion that the payment returned, in hex. */
  readonly failure: string | undefined;
  readonly reason: PaymentFailure | undefined;
  /** The hops, as text. */
  readonly route: string;
  /** The key of our channel that the payment leaves through. */
  readonly firstChannel: bigint | undefined;
  /** The id of the HTLC in our channel, and the height at which it expires. */
  readonly htlc: { readonly id: bigint; readonly expiry: number } | undefined;
  /** The payment was sent by `sendpay`, or by a command that uses it. */
  readonly bySendpay: boolean;
  /** The preimage that a keysend payment sends along. */
  readonly keysendPreimage: Buffer | undefined;
}

/** The parts of a payment as one. */
export interface CombinedPayment extends Payment {
  readonly parts: number;
}

/** The first part, with the amounts of all parts. */
export function combined(payments: readonly Payment[]): CombinedPayment {
  const [first] = payments;
  if (first === undefined) throw new Error('a payment without parts');
  return {
    ...first,
    amountMsat: payments.reduce((sum, { amountMsat }) => sum + amountMsat, 0n),
    sentMsat: payments.reduce((sum, { sentMsat }) => sum + sentMsat, 0n),
    parts: payments.length,
  };
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
    ...(payment.invstring === undefined ? {} : invstringJson(payment.invstring)),
    description: payment.description,
  };
}

/** A payment in the format of `listsendpays`, `waitsendpay` and `sendpay_success`. */
export function paymentJson(payment: Payment): JsonObject {
  return {
    ...identityJson(payment),
    updated_index: payment.updatedIndex,
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

/** A payment in the format of `listpays`, which combines the parts of one payment. */
export function payJson(payment: CombinedPayment): JsonObject {
  const isComplete = payment.status === 'complete';
  return {
    ...(payment.invstring === undefined ? {} : invstringJson(payment.invstring)),
    description: payment.description,
    destination: payment.destination,
    payment_hash: payment.paymentHash.toString('hex'),
    status: payment.status,
    created_at: secondsOf(payment.createdAt),
    completed_at: isComplete ? payment.completedAt : undefined,
    label: payment.label,
    preimage: isComplete ? payment.preimage?.toString('hex') : undefined,
    amount_msat: isComplete ? payment.amountMsat : undefined,
    amount_sent_msat: payment.status === 'failed' ? 0 : payment.sentMsat,
    number_of_parts: payment.parts > 1 && isComplete ? payment.parts : undefined,
    created_index: payment.index,
    updated_index: payment.updatedIndex,
  };
}
