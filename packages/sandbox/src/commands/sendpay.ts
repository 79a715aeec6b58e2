import {
  bool,
  defaulted,
  developerOnly,
  escapedString,
  hash,
  msat,
  optional,
  type ParameterValues,
  required,
  string,
  u64,
} from '@clnrest/lightningd/parameters';
import { decideLater } from '../hooks/incoming-payment.ts';
import type { StoredInvoice } from '../invoices/invoice.ts';
import { paymentSecretOf } from '../invoices/invoices.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { lenientHex, secret } from '../params/hex.ts';
import { type GivenHop, routeHops } from '../params/route.ts';
import { isOurs, peerOf, spendableMsat } from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import { type Payment, paymentJson, pendingPaymentJson } from '../world/payment.ts';
import { followRoute } from '../world/payments/given-route.ts';
import type { FailureAt } from '../world/payments/payment-request.ts';
import type { Hop } from '../world/routes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = {
  route: required(routeHops),
  payment_hash: required(hash),
  label: optional(escapedString),
  amount_msat: optional(msat),
  bolt11: optional(string),
  payment_secret: optional(secret),
  partid: defaulted(u64, 0n),
  localinvreqid: optional(hash),
  groupid: optional(u64),
  payment_metadata: optional(lenientHex),
  description: optional(string),
  dev_legacy_hop: developerOnly(optional(bool)),
};

type Values = ParameterValues<typeof parameters>;
type Parts = 'identity' | 'invoiceRequests' | 'invoices' | 'log' | 'plugins' | 'world';

/** Sends a payment along a route. It returns at once, and `waitsendpay` returns the result. */
export const sendpay = defineCommand({
  name: 'sendpay',
  parameters,
  validate: (values) => check(values),
  run(values, { node }: CallWith<Parts>) {
    const last = values.route.at(-1);
    const sent = last === undefined ? paySelf(values, node) : send(values, last, node);
    if (sent.status === 'complete') return { ...paymentJson(sent) };
    return {
      message: 'Monitor status with listpays or waitsendpay',
      ...pendingPaymentJson(sent),
    };
  },
});

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** Rejects amounts and parts that do not fit together, in lightningd's order. */
function check({ route, partid, amount_msat: given, payment_secret: secret }: Values): void {
  if (partid !== 0n && given === undefined) throw invalid('Must specify msatoshi with partid');
  const final = route.at(-1)?.amountMsat;
  if (final === undefined) {
    if (given === undefined) throw invalid('Self-payment requires amount_msat');
    if (partid !== 0n) throw invalid('Self-payment does not allow (non-zero) partid');
    return;
  }
  if (given !== undefined && partid === 0n && given !== final) {
    throw invalid(
      `Do not specify msatoshi (${given}msat) without partid: if you do, it must be exactly the final amount (${final}msat)`,
    );
  }
  if (partid === 0n) return;
  if (given !== undefined && final > given) {
    throw invalid(`Final amount ${final}msat is greater than ${given}msat, despite MPP`);
  }
  if (secret === undefined) throw invalid('partid requires payment_secret');
}

/** Why the node does not accept a payment from itself, in lightningd's order. */
function selfPaymentProblem(
  { payment_hash: paymentHash, payment_secret: given, amount_msat: amountMsat = 0n }: Values,
  invoice: StoredInvoice | undefined,
): string | undefined {
  const hash = paymentHash.toString('hex');
  if (invoice === undefined) return `Unknown invoice ${hash}`;
  if (invoice.status !== 'unpaid') return `Already paid or expired invoice ${hash}`;
  const attempt = `Attempt to pay ${hash} with`;
  if (given === undefined) return `${attempt}out secret`;
  // The secret of BOLT 12 is part of a blinded path, which the sandbox ignores.
  const isBolt11 = !invoice.invstring.startsWith('lni1');
  if (isBolt11 && !given.equals(paymentSecretOf(invoice.preimage))) {
    return `${attempt} wrong payment_secret`;
  }
  const expected = invoice.amountMsat;
  if (expected === undefined) return undefined;
  if (amountMsat < expected) return `${attempt} amount ${amountMsat}msat < ${expected}msat`;
  const twice = 2n * expected;
  return amountMsat > twice ? `${attempt} amount ${amountMsat}msat > ${twice}msat` : undefined;
}

function paySelf(
  values: Values,
  { world, identity, invoices }: NodeWith<'identity' | 'invoices' | 'world'>,
): Payment {
  const outcome = world.payments.send({
    destination: identity.id,
    paymentHash: values.payment_hash,
    amountMsat: values.amount_msat ?? 0n,
    maxFeeMsat: 0n,
    maxDelay: 0,
    finalDelay: 0,
    selfPayment: 'sendpay',
    problem: selfPaymentProblem(values, invoices.byHash(values.payment_hash)),
    ...textsOf(values),
  });
  if (outcome.status === 'failed') throw outcome.error;
  const [payment] = outcome.payments;
  if (payment === undefined) throw new Error('the payment to ourselves has no part');
  return payment;
}

function textsOf({ bolt11: invstring, label, description }: Values) {
  return { invstring, label, description };
}

function send(values: Values, last: GivenHop, node: NodeWith<Parts>): Payment {
  const { world } = node;
  const { payment_hash: paymentHash, partid: partId } = values;
  const groupId = values.groupid ?? world.paymentStore.nextGroupId(paymentHash);
  const totalMsat = values.amount_msat ?? last.amountMsat;
  const before = progressOf({ paymentHash, partId, groupId, last, totalMsat }, world);
  if (before !== undefined) return before;
  checkInvoiceRequest(values.localinvreqid, node);
  const { route, failure } = followRoute(values.route, world.channels.living(), world.nodes);
  checkFirstHop(values, world);
  const tooSmall = refusedByPeer(route[0]);
  const request = {
    destination: last.nodeId,
    paymentHash,
    amountMsat: last.amountMsat,
    totalMsat,
    maxFeeMsat: 0n,
    maxDelay: 0,
    finalDelay: 0,
    bySendpay: true,
    failure: tooSmall ?? failure,
    paymentSecret: values.payment_secret,
    ...textsOf(values),
  };
  const sent = world.payments.sendAlong(request, route, { partId, groupId });
  if (last.nodeId === node.identity.id) arriveAtUs(sent, node);
  return sent;
}

/** Decides about a payment whose route returns to us. */
function arriveAtUs(payment: Payment, node: NodeWith<Parts>): void {
  const htlc = node.world.payments.incoming.ofPayment(payment);
  if (htlc !== undefined) void decideLater(node, htlc);
}

/** @throws CommandError if the invoice request is not one of ours that can be paid */
function checkInvoiceRequest(
  id: Buffer | undefined,
  { invoiceRequests }: NodeWith<'invoiceRequests'>,
): void {
  if (id === undefined) return;
  const request = invoiceRequests.byId(id);
  if (request?.active === true) return;
  const problem = request === undefined ? 'Unknown' : 'Inactive';
  throw new CommandError(
    ErrorCode.payInvoiceRequestInvalid,
    `${problem} invoice_request ${id.toString('hex')}`,
  );
}

/** The channel of the first hop must be usable and have the capacity. */
function checkFirstHop({ route }: Values, world: World): void {
  const [first] = route;
  const channel = world.channels
    .living()
    .find(
      (each) =>
        isOurs(each) &&
        each.state === 'CHANNELD_NORMAL' &&
        each.scid === first?.scid &&
        world.nodes.idOf(peerOf(each)) === first?.nodeId,
    );
  if (first === undefined) return;
  if (channel === undefined) {
    throw new CommandError(ErrorCode.payTryOtherRoute, 'No connection to first peer found', {
      erring_index: 0,
      failcode: 0x400a,
      failcodename: 'WIRE_UNKNOWN_NEXT_PEER',
      erring_node: world.nodes.idOf(OURS),
    });
  }
  // A channel without a connection counts as one that is not ready.
  const isUsable = world.payments.usable().some(({ key }) => key === channel.key);
  if (isUsable && spendableMsat(channel, OURS) >= first.amountMsat) return;
  throw new CommandError(
    ErrorCode.payTryOtherRoute,
    'failed: WIRE_TEMPORARY_CHANNEL_FAILURE (First peer not ready)',
    {
      erring_index: 0,
      failcode: 0x1007,
      failcodename: 'WIRE_TEMPORARY_CHANNEL_FAILURE',
      erring_node: world.nodes.idOf(OURS),
      erring_channel: channel.scid,
    },
  );
}

/** The failure of an HTLC that the peer does not accept. Our own limits apply only to forwards and to routes that we choose. */
function refusedByPeer(first: Hop | undefined): FailureAt | undefined {
  if (first === undefined) return undefined;
  const minimum = first.channel.minimums.peers;
  if (first.amountMsat >= minimum) return undefined;
  const detail = `HTLC too small (${minimum}msat minimum)`;
  return { failure: 'amount_below_minimum', index: 0, detail };
}

interface NewPart {
  readonly paymentHash: Buffer;
  readonly partId: bigint;
  readonly groupId: bigint;
  readonly last: GivenHop;
  readonly totalMsat: bigint;
}

/** The same part if it was sent before. @throws CommandError if the part conflicts with others of the payment */
function progressOf(part: NewPart, { paymentStore }: World): Payment | undefined {
  const { partId, groupId, last, totalMsat } = part;
  const used = (message: string): CommandError =>
    new CommandError(ErrorCode.payHashAlreadyUsed, message);
  const busy = (message: string): CommandError =>
    new CommandError(ErrorCode.payInProgress, message);
  const all = paymentStore.ofHash(part.paymentHash);
  let pendingMsat = 0n;
  for (const each of all) {
    const isSame = each.partId === partId;
    const before = each.status === 'complete' ? 'succeeded' : 'pending';
    if (each.status === 'pending' && each.groupId !== groupId) {
      throw busy(
        `Payment with groupid=${each.groupId} still in progress, cannot retry before that completes.`,
      );
    }
    if (each.status === 'pending' && (each.partId === 0n) !== (partId === 0n)) {
      const kind = each.partId === 0n ? 'non-parallel' : 'parallel';
      throw busy(`Already have ${kind} payment in progress`);
    }
    if (each.status !== 'failed' && isSame) {
      if (each.amountMsat !== last.amountMsat) {
        throw used(
          `Already ${before} with amount ${each.amountMsat}msat (not ${last.amountMsat}msat)`,
        );
      }
      if (each.destination !== last.nodeId) throw used(`Already ${before} to ${each.destination}`);
      return each;
    }
    if (each.status === 'pending') {
      if (each.totalMsat !== totalMsat) {
        throw invalid(`msatoshi was previously ${each.totalMsat}msat, now ${totalMsat}msat`);
      }
      pendingMsat += each.amountMsat;
    }
    if (isSame && each.groupId === groupId) {
      throw used(
        `There already is a payment with payment_hash=${part.paymentHash.toString('hex')}, groupid=${groupId}, partid=${partId}. Either change the partid, or wait for the payment to complete and start a new group.`,
      );
    }
  }
  if (all.some(({ status }) => status === 'complete')) throw used('Already succeeded other parts');
  if (totalMsat !== 0n && pendingMsat >= totalMsat) {
    throw busy(`Already have ${pendingMsat}msat of ${totalMsat}msat payments in progress`);
  }
  return undefined;
}
