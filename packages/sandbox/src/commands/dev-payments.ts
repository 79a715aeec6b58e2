import {
  hash,
  optional,
  type ParameterValues,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { inTransaction } from '../world/context.ts';
import { type Payment, paymentJson } from '../world/payment.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  payment_hash: required(hash),
  partid: optional(u64),
  groupid: optional(u64),
};

type Values = ParameterValues<typeof parameters>;

/** Lets the destination settle a pending payment, also one whose other parts have not arrived. */
export const devSettlePayment = defineCommand({
  name: 'dev-settle-payment',
  parameters,
  validate: (values, { node }: CallWith<'world'>) => void pendingParts(values, node.world),
  run: (values, { node }: CallWith<'world'>) =>
    ended(values, node.world, (payment) => node.world.payments.parts.settle(payment)),
});

/** Lets the destination fail a pending payment. */
export const devFailPayment = defineCommand({
  name: 'dev-fail-payment',
  parameters,
  validate: (values, { node }: CallWith<'world'>) => void pendingParts(values, node.world),
  run: (values, { node }: CallWith<'world'>) =>
    ended(values, node.world, (payment) => node.world.payments.parts.fail(payment)),
});

function ended(values: Values, world: World, end: (payment: Payment) => Payment): CommandResult {
  const payments = inTransaction(world.context, () => pendingParts(values, world).map(end));
  return { payments: payments.map(paymentJson) };
}

/** @throws CommandError if no part is pending */
function pendingParts(values: Values, { paymentStore, shared }: World): Payment[] {
  const isShared = (index: bigint): boolean => shared?.parts.isShared(index) === true;
  const { payment_hash: paymentHash, partid, groupid } = values;
  const parts = paymentStore
    .ofHash(paymentHash)
    .filter(
      (each) =>
        each.status === 'pending' &&
        (partid ?? each.partId) === each.partId &&
        (groupid ?? each.groupId) === each.groupId,
    );
  if (parts.some(({ index }) => isShared(index))) {
    throw new CommandError(ErrorCode.invalidParams, 'Another sandbox decides about that payment');
  }
  if (parts.length > 0) return parts;
  throw new CommandError(ErrorCode.payNoSuchPayment, 'No pending payment with that payment_hash');
}
