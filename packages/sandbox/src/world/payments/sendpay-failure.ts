import { failureCode, failureName } from '../failures.ts';
import { paymentJson, pendingPaymentJson, type Payment } from '../payment.ts';
import type { JsonObject } from '../../json/output.ts';

const DESTINATION_FAILED = 203;
const TRY_OTHER_ROUTE = 204;

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
  const { message } = payment.reason ?? {};
  return failureWith(payment, { ...pendingPaymentJson(payment) }, { raw_message: message });
}

/** The error as `waitsendpay` reads it from the database later. */
export function storedSendpayFailure(payment: Payment): SendpayFailure {
  return failureWith(payment, { ...paymentJson(payment) }, {});
}

function failureWith(payment: Payment, before: JsonObject, after: JsonObject): SendpayFailure {
  const { failure, index, node, channel, direction } = payment.reason ?? {
    failure: 'temporary_node_failure' as const,
    index: 0,
  };
  const isFinal = failure === 'incorrect_or_unknown_payment_details' || failure === 'mpp_timeout';
  return {
    code: isFinal ? DESTINATION_FAILED : TRY_OTHER_ROUTE,
    message: `failed: ${failureName(failure)} (reply from remote)`,
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
