import { failureCode, failureName } from '../failures.ts';
import { paymentJson, pendingPaymentJson, type Payment, type PaymentFailure } from '../payment.ts';
import type { JsonObject } from '../../json/output.ts';

const DESTINATION_FAILED = 203;
const TRY_OTHER_ROUTE = 204;

const UNKNOWN_REASON: PaymentFailure = {
  failure: 'temporary_node_failure',
  index: 0,
  node: undefined,
  channel: undefined,
  direction: undefined,
};

interface SendpayFailure {
  readonly code: 203 | 204;
  readonly message: string;
  readonly data: JsonObject;
}

/**
 * The error of a payment by `sendpay` that another node has failed, as `sendpay_failure` and a waiting `waitsendpay` show it:
 * lightningd sends it before it updates the status.
 */
export function sendpayFailure(payment: Payment): SendpayFailure {
  const { message, detail } = payment.reason ?? {};
  // Our node does not send the payment: nothing waits for a reply.
  if (detail !== undefined) return storedSendpayFailure(payment);
  return failureWith(payment, { ...pendingPaymentJson(payment) }, { raw_message: message });
}

/** The error as `waitsendpay` reads it from the database later. */
export function storedSendpayFailure(payment: Payment): SendpayFailure {
  return failureWith(payment, { ...paymentJson(payment) }, {});
}

function failureWith(payment: Payment, before: JsonObject, after: JsonObject): SendpayFailure {
  const { failure, index, node, channel, direction, detail } = payment.reason ?? UNKNOWN_REASON;
  const isFinal = failure === 'incorrect_or_unknown_payment_details' || failure === 'mpp_timeout';
  return {
    code: isFinal ? DESTINATION_FAILED : TRY_OTHER_ROUTE,
    message: `failed: ${failureName(failure)} (${detail === undefined ? 'reply from remote' : `${failureName(failure)}: ${detail}`})`,
    data: {
      ...before,
      erring_index: index,
      failcode: failureCode(failure),
      failcodename: failureName(failure),
      erring_node: node,
      erring_channel: channel,
      erring_direction: direction,
      ...after,
    },
  };
}
