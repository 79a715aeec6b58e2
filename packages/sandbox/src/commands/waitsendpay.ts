import { hash, number, optional, required, u64 } from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { type Payment, paymentJson, selfFailureJson } from '../world/payment.ts';
import { sendpayFailure, storedSendpayFailure } from '../world/payments/sendpay-failure.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { withTimeout } from './with-timeout.ts';

/** Seconds. Without a timeout, the command waits until the payment ends. */
const FOREVER = Number.MAX_SAFE_INTEGER;

export const waitsendpay = defineCommand({
  name: 'waitsendpay',
  parameters: {
    payment_hash: required(hash),
    timeout: optional(number),
    partid: optional(u64),
    groupid: optional(u64),
  },
  async run(
    { payment_hash: paymentHash, timeout = FOREVER, partid: partId = 0n, groupid },
    { node, signal }: CallWith<'world'>,
  ) {
    const { world } = node;
    const part = partWith(world, paymentHash, partId, groupid);
    if (part.status !== 'pending') return resultOf(part, storedSendpayFailure);
    await withTimeout(
      timeout,
      signal,
      (either) => world.payments.records.finished(part, either),
      () => new CommandError(ErrorCode.payInProgress, 'Timed out while waiting'),
    );
    return resultOf(partWith(world, paymentHash, partId, part.groupId), sendpayFailure);
  },
});

function partWith(
  { paymentStore }: World,
  paymentHash: Buffer,
  partId: bigint,
  groupId: bigint | undefined,
): Payment {
  const part = paymentStore
    .ofHash(paymentHash)
    .findLast((each) => each.partId === partId && (groupId ?? each.groupId) === each.groupId);
  if (part !== undefined) return part;
  throw new CommandError(
    ErrorCode.payNoSuchPayment,
    `Never attempted payment part ${partId} for '${paymentHash.toString('hex')}'`,
  );
}

/** @throws CommandError if the part failed */
function resultOf(part: Payment, failureOf: typeof sendpayFailure): CommandResult {
  if (part.status === 'complete') return { ...paymentJson(part) };
  if (part.failure === undefined && part.reason === undefined) {
    const hash = part.paymentHash.toString('hex');
    throw new CommandError(
      ErrorCode.payDestinationFailed,
      `failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (Unknown invoice ${hash})`,
      { ...paymentJson(part), ...selfFailureJson(part.destination) },
    );
  }
  // lightningd cannot read the failure onions of xpay.
  if (!part.bySendpay || part.reason === undefined) {
    throw new CommandError(ErrorCode.payUnparseableOnion, 'Malformed error reply', {
      onionreply: part.failure,
    });
  }
  const { code, message, data } = failureOf(part);
  throw new CommandError(code, message, data);
}
