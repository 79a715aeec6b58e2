import { failureCode, failureName } from '../failures.ts';
import { pendingPaymentJson, type Payment } from '../payment.ts';
import type { JsonObject } from '../../json/output.ts';

const DESTINATION_FAILED = 203;
const TRY_OTHER_ROUTE = 204;

/** The error of a payment by `sendpay` that another node has failed, as `waitsendpay` and `sendpay_failure` show it. */
export function sendpayFailure(payment: Payment): {
  readonly code: 203 | 204;
  readonly message: string;
  readonly data: JsonObject;
} {
  const { failure, index, node, channel, direction } = payment.reason ?? {
    failure: 'temporary_node_failure' as const,
    index: 0,
  };
  const isFinal = failure === 'incorrect_or_unknown_payment_details' || failure === 'mpp_timeout';
  return {
    code: isFinal ? DESTINATION_FAILED : TRY_OTHER_ROUTE,
    message: `failed: ${failureName(failure)} (reply from remote)`,
    data: {
      ...pendingPaymentJson(payment),
      status: payment.status,
      erring_index: index,
      failcode: failureCode(failure),
      failcodename: failureName(failure),
      erring_node: node,
      erring_channel: channel,
      erring_direction: direction,
    },
  };
}
