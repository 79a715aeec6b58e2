import {
  hash,
  oneOf,
  optional,
  type ParameterValues,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { type Payment, paymentJson } from '../world/payment.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  payment_hash: required(hash),
  status: required(oneOf(['complete', 'failed'] as const, 'should be an invoice status')),
  partid: optional(u64),
  groupid: optional(u64),
};

export const delpay = defineCommand({
  name: 'delpay',
  parameters,
  validate: (values, { node }: CallWith<'world'>) => void matching(values, node.world),
  run(values, { node }: CallWith<'world'>) {
    const payments = matching(values, node.world);
    for (const payment of payments) node.world.paymentStore.remove(payment);
    return { payments: payments.map(paymentJson) };
  },
});

/** @throws CommandError if no payment matches */
function matching(values: ParameterValues<typeof parameters>, { paymentStore }: World): Payment[] {
  const { payment_hash: paymentHash, status, partid, groupid } = values;
  if ((partid === undefined) !== (groupid === undefined)) {
    const message = 'Must set both partid and groupid, or neither';
    throw new CommandError(ErrorCode.invalidParams, message);
  }
  const missing = (message: string): CommandError =>
    new CommandError(ErrorCode.payNoSuchPayment, message);
  const hex = paymentHash.toString('hex');
  const all = paymentStore.ofHash(paymentHash);
  if (all.length === 0) throw missing(`Unknown payment with payment_hash: ${hex}`);
  const parts = all.filter(
    (each) => (partid ?? each.partId) === each.partId && (groupid ?? each.groupId) === each.groupId,
  );
  const found = parts.filter((each) => each.status === status);
  if (found.length > 0) return found;
  const other = parts.at(-1)?.status;
  throw missing(
    other === undefined
      ? 'No payment for that payment_hash with that partid and groupid'
      : `Payment with hash ${hex} has ${other} status but it different from the one provided ${status}`,
  );
}
