import {
  hash,
  optional,
  type ParameterValues,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import { decidePayment } from '../hooks/incoming-payment.ts';
import type { CommandResult, JsonObject } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { inTransaction } from '../world/context.ts';
import { type Payment, paymentJson } from '../world/payment.ts';
import type { IncomingHtlc } from '../world/payments/incoming-htlc-store.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { htlcJson } from './listhtlcs.ts';

const parameters = {
  payment_hash: required(hash),
  partid: optional(u64),
  groupid: optional(u64),
};

type Values = ParameterValues<typeof parameters>;
type Call = CallWith<'invoices' | 'log' | 'plugins' | 'world'>;

/** The pending payments that a command ends: parts that a peer holds, and payments to us that wait for the command. */
interface Pending {
  readonly parts: readonly Payment[];
  readonly htlcs: readonly IncomingHtlc[];
}

/** Lets the destination settle a pending payment, also one whose other parts have not arrived. */
export const devSettlePayment = defineCommand({
  name: 'dev-settle-payment',
  parameters,
  validate: (values, { node }: Call) => void pendingOf(values, node.world),
  async run(values, { node }: Call): Promise<CommandResult> {
    const { world } = node;
    const { parts, htlcs } = pendingOf(values, world);
    const payments = inTransaction(world.context, () => {
      for (const htlc of htlcs) world.payments.incoming.letGo(htlc);
      return parts
        .filter((payment) => world.payments.incoming.ofPayment(payment) === undefined)
        .map((payment) => world.payments.parts.settle(payment));
    });
    const results = await Promise.allSettled(htlcs.map((htlc) => decidePayment(node, htlc)));
    const failed = results.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return resultJson(payments, htlcs, world);
  },
});

/** Lets the destination fail a pending payment. */
export const devFailPayment = defineCommand({
  name: 'dev-fail-payment',
  parameters,
  validate: (values, { node }: Call) => void pendingOf(values, node.world),
  run(values, { node: { world } }: Call) {
    const { parts, htlcs } = pendingOf(values, world);
    const payments = inTransaction(world.context, () => {
      for (const htlc of htlcs) world.payments.incoming.fail(htlc);
      return parts.map((payment) => world.payments.parts.fail(payment));
    });
    return resultJson(payments, htlcs, world);
  },
});

function resultJson(
  payments: readonly Payment[],
  htlcs: readonly IncomingHtlc[],
  world: World,
): CommandResult {
  return {
    payments: payments.map(paymentJson),
    htlcs: htlcs.map((htlc) => htlcStateJson(htlc, world)),
  };
}

function htlcStateJson({ channel, id }: IncomingHtlc, { htlcs }: World): JsonObject {
  const found = htlcs
    .list({ channel, index: 'created', start: 0n })
    .find((each) => each.direction === 'in' && each.id === id);
  return found === undefined ? {} : htlcJson(found);
}

/** @throws CommandError if no payment is pending */
function pendingOf(values: Values, { paymentStore, payments, shared }: World): Pending {
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
  const isOfPart = partid !== undefined || groupid !== undefined;
  const htlcs = payments.incoming
    .pending()
    .filter((htlc) => !isOfPart && htlc.isHeld && htlc.paymentHash.equals(paymentHash));
  if (parts.length > 0 || htlcs.length > 0) return { parts, htlcs };
  throw new CommandError(ErrorCode.payNoSuchPayment, 'No pending payment with that payment_hash');
}
