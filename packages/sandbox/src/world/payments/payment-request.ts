import type { RouteHop } from '@clnrest/runes/bolt11';
import type { CommandError } from '../../commands/errors.ts';
import type { WireFailure } from '../failures.ts';
import type { Hop, LearnedLimits } from '../routes.ts';
import type { Payment } from '../payment.ts';

/** Where a payment fails: the number of hops to the failing node. */
export interface FailureAt {
  readonly failure: WireFailure;
  readonly index: number;
  /** The channel that the failing node does not have. Default: the next one of the route */
  readonly next?: { readonly channel: string; readonly direction: number };
  /** Why our node does not send the payment. */
  readonly detail?: string;
}

/** A further attempt of a payment, or of a part of it. */
export interface FurtherAttempt {
  readonly groupId: bigint;
  readonly learned: LearnedLimits;
}

/** The parameters of a payment. */
export interface PaymentRequest {
  /** The public key of the recipient. */
  readonly destination: string;
  readonly paymentHash: Buffer;
  readonly amountMsat: bigint;
  /** The amount of the invoice, if this payment is a part of it. Default: `amountMsat`. */
  readonly totalMsat?: bigint | undefined;
  readonly maxFeeMsat: bigint;
  readonly maxDelay: number;
  /** The CLTV delta of the last hop, in blocks. */
  readonly finalDelay: number;
  /** The payment secret of the invoice, which another sandbox checks. */
  readonly paymentSecret?: Buffer | undefined;
  /** The route hints of the invoice. */
  readonly hints?: readonly (readonly RouteHop[])[] | undefined;
  readonly invstring?: string | undefined;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  /** The command that pays ourselves, which decides how lightningd records the payment. */
  readonly selfPayment?: 'injectpaymentonion' | 'sendpay' | undefined;
  /** The command is `sendpay`, or uses it. lightningd's xpay sends onions itself. */
  readonly bySendpay?: boolean;
  /** A plugin rejects the payment to ourselves. */
  readonly rejected?: boolean;
  /** Why the node rejects the payment to ourselves. */
  readonly problem?: string | undefined;
  /** The route of the caller is not valid. */
  readonly failure?: FailureAt | undefined;
  /** Set if an earlier attempt has failed at another sandbox. */
  readonly again?: FurtherAttempt | undefined;
  /** Set for a keysend payment, which sends its preimage along. */
  readonly preimage?: Buffer;
}

/** A part of a payment, and its route. */
export interface PlannedPart {
  readonly route: readonly Hop[];
  readonly amountMsat: bigint;
  /** 0 for a payment without parts. */
  readonly partId: bigint;
}

/** What all parts of a payment have in common. */
export interface PaymentGroup {
  /** When the payment started, in nanoseconds since 1970. */
  readonly started: bigint;
  readonly groupId: bigint;
}

/** A failed attempt is recorded in the database, so it must not throw: that would roll back. */
export type PaymentOutcome =
  | { readonly status: 'complete' | 'pending'; readonly payments: readonly Payment[] }
  | { readonly status: 'failed'; readonly error: CommandError };

export function failedOutcome(error: CommandError): PaymentOutcome {
  return { status: 'failed', error };
}
