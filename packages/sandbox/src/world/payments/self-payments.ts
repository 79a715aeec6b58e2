import { randomBytes } from 'node:crypto';
import { CommandError, ErrorCode } from '../../commands/errors.ts';
import type { Invoices } from '../../invoices/invoices.ts';
import type { Chain } from '../chain.ts';
import type { WorldContext } from '../context.ts';
import { failureCode, failureMessage } from '../failures.ts';
import { pendingPaymentJson, selfFailureJson } from '../payment.ts';
import type { PaymentStore } from '../payment-store.ts';
import type { PaymentNotices } from './payment-notices.ts';
import type { PaymentRecords } from './payment-records.ts';
import {
  failedOutcome,
  type PaymentGroup,
  type PaymentOutcome,
  type PaymentRequest,
  type PlannedPart,
} from './payment-request.ts';

interface Parts {
  readonly context: WorldContext;
  readonly chain: Chain;
  readonly invoices: Invoices;
  readonly store: PaymentStore;
  readonly records: PaymentRecords;
  readonly notices: PaymentNotices;
}

/** Pays our own invoices: no balance changes. */
export class SelfPayments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  send(request: PaymentRequest, { started, groupId: random }: PaymentGroup): PaymentOutcome {
    const { invoices, notices, records, store } = this.#parts;
    const invoice = invoices.byHash(request.paymentHash);
    const bySendpay = request.selfPayment === 'sendpay';
    const part = { route: [], amountMsat: request.amountMsat, partId: bySendpay ? 0n : 1n };
    const groupId = bySendpay ? store.nextGroupId(request.paymentHash) : random;
    const group = { started, groupId };
    const isRejected = request.rejected === true || request.problem !== undefined;
    if (invoice?.status !== 'unpaid' || isRejected) {
      return bySendpay
        ? this.#failSendpay(request, part, group)
        : this.#failOnion(request, part, group);
    }
    notices.started(request, part, group);
    const { preimage } = invoice;
    const payment = records.finish(records.begin(request, part, group), { preimage });
    notices.sent(payment);
    invoices.pay(invoice, request.amountMsat);
    notices.ended(payment, 'success', {});
    return { status: 'complete', payments: [payment] };
  }

  #failSendpay(request: PaymentRequest, part: PlannedPart, group: PaymentGroup): PaymentOutcome {
    const { context, records } = this.#parts;
    const payment = records.finish(records.begin(request, part, group), {});
    const unknown = `Unknown invoice ${request.paymentHash.toString('hex')}`;
    const message = request.problem ?? unknown;
    const data = { ...pendingPaymentJson(payment), ...selfFailureJson(context.keys.id) };
    context.notifier.native('sendpay_failure', () => ({
      code: ErrorCode.payDestinationFailed,
      message: `failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (${message})`,
      data,
    }));
    return failedOutcome(new CommandError(ErrorCode.payDestinationFailed, message, data));
  }

  #failOnion(request: PaymentRequest, part: PlannedPart, group: PaymentGroup): PaymentOutcome {
    const { chain, notices, records } = this.#parts;
    notices.started(request, part, group);
    const onion = { failure: randomBytes(292).toString('hex') };
    const payment = records.finish(records.begin(request, part, group), onion);
    notices.failed(payment);
    const unknown = 'incorrect_or_unknown_payment_details';
    notices.ended(payment, 'failure', {
      failed_msg: failureMessage(unknown, request.amountMsat, chain.height),
      error_code: failureCode(unknown),
      error_message: 'Malformed error reply',
    });
    const message = "Destination said it doesn't know invoice: Malformed error reply";
    return failedOutcome(new CommandError(ErrorCode.payDestinationFailed, message));
  }
}
