import { secondsOf } from './parts.ts';
import type { JsonObject } from '../json/output.ts';

export type PaymentStatus = 'complete' | 'failed';

/** A payment that we sent, in one part. */
export interface Payment {
  readonly index: bigint;
  readonly paymentHash: Buffer;
  readonly groupId: bigint;
  /** 0 where there are no parts. */
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
  /** As it was written in the request. */
  readonly label: string | undefined;
  readonly description: string | undefined;
  readonly bolt11: string | undefined;
  /** The answer that came back, in hex, which only its sender's onion could open. */
  readonly failure: string | undefined;
}

/** How far a payment is told to be when it failed: lightningd tells of it before it takes note. */
const head = (payment: Payment): JsonObject => ({
  created_index: payment.index,
  id: payment.index,
  payment_hash: payment.paymentHash.toString('hex'),
  groupid: payment.groupId,
});

const middle = (payment: Payment): JsonObject => ({
  partid: payment.partId === 0n ? undefined : payment.partId,
  destination: payment.destination,
  amount_msat: payment.amountMsat,
  amount_sent_msat: payment.sentMsat,
  created_at: secondsOf(payment.createdAt),
});

const words = (payment: Payment): JsonObject => ({
  label: payment.label,
  bolt11: payment.bolt11,
  description: payment.description,
});

/** A payment as `listsendpays`, `waitsendpay` and `sendpay_success` show it. */
export const paymentJson = (payment: Payment): JsonObject => ({
  ...head(payment),
  updated_index: payment.index,
  ...middle(payment),
  completed_at: payment.completedAt,
  status: payment.status,
  payment_preimage: payment.preimage?.toString('hex'),
  ...words(payment),
  erroronion: payment.failure,
});

/** As `sendpay_failure` has it. */
export const failedPaymentJson = (payment: Payment): JsonObject => ({
  code: 202,
  message: 'Malformed error reply',
  data: {
    ...head(payment),
    ...middle(payment),
    status: 'pending',
    ...words(payment),
    onionreply: payment.failure,
  },
});

/** As `listpays` shows it: a payment is all that was tried for one hash. */
export const payJson = (payment: Payment): JsonObject => ({
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
});
