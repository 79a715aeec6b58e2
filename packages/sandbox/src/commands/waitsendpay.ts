import { hash, number, optional, required, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { paymentJson, selfFailureJson } from '../world/payment.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** Returns immediately: no payment of the sandbox is ever pending. */
export const waitsendpay = defineCommand({
  name: 'waitsendpay',
  parameters: {
    payment_hash: required(hash),
    timeout: optional(number),
    partid: optional(u64),
    groupid: optional(u64),
  },
  run({ payment_hash, partid = 0n, groupid }, { node }: CallWith<'world'>) {
    const payment = node.world.paymentStore
      .ofHash(payment_hash)
      .toReversed()
      .find((each) => each.partId === partid && (groupid ?? each.groupId) === each.groupId);
    if (payment === undefined) {
      throw new CommandError(
        ErrorCode.payNoSuchPayment,
        `Never attempted payment part ${partid} for '${payment_hash.toString('hex')}'`,
      );
    }
    if (payment.status === 'failed' && payment.failure === undefined) {
      const hash = payment_hash.toString('hex');
      throw new CommandError(
        ErrorCode.payDestinationFailed,
        `failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (Unknown invoice ${hash})`,
        { ...paymentJson(payment), ...selfFailureJson(payment.destination) },
      );
    }
    if (payment.status === 'failed') {
      throw new CommandError(ErrorCode.payUnparseableOnion, 'Malformed error reply', {
        onionreply: payment.failure,
      });
    }
    return { ...paymentJson(payment) };
  },
});
