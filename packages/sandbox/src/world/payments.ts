import { createHash, randomBytes } from 'node:crypto';
import { seconds, withNanoseconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { StoredInvoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { RawJson } from '@clnrest/json';
import type { JsonObject } from '../json/output.ts';
import type { PeerInvoice, PeerInvoices } from './peer-invoices.ts';
import type { Chain } from './chain.ts';
import { channelId, directionFrom, isOurs, largestMsat, peerOf, type Channel } from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Connections } from './connections.ts';
import { failureCode, failureMessage, type WireFailure } from './failures.ts';
import type { Movements } from './movements.ts';
import { OURS, type WorldNode, type WorldNodes } from './nodes.ts';
import { noRouteReason } from './no-route-reason.ts';
import { inTransaction, type WorldContext } from './context.ts';
import {
  failedPaymentJson,
  paymentJson,
  pendingPaymentJson,
  selfFailureJson,
  type Payment,
} from './payment.ts';
import type { PaymentStore } from './payment-store.ts';
import { carriesMsat, findRoute, type Hop, type RouteRequest } from './routes.ts';
import type { Waits } from './waits.ts';

/** The parameters of a payment. */
export interface PaymentRequest {
  /** The public key of the recipient. */
  readonly destination: string;
  readonly paymentHash: Buffer;
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  readonly maxDelay: number;
  /** The CLTV delta of the last hop, in blocks. */
  readonly finalDelay: number;
  readonly bolt11?: string | undefined;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  /** The command that pays ourselves, which decides how lightningd records the payment. */
  readonly selfPayment?: 'injectpaymentonion' | 'sendpay' | undefined;
  /** A plugin rejects the payment to ourselves. */
  readonly rejected?: boolean;
  /** Set for a keysend payment, which sends its preimage along. */
  readonly preimage?: Buffer;
}

/** A payment of one of our invoices, from another node or from outside the world. */
export interface IncomingRequest {
  readonly from: WorldNode | undefined;
  readonly paymentHash: Buffer;
  /** By default the amount of the invoice. */
  readonly amountMsat: bigint | undefined;
}

/** A payment of one of our invoices. */
export interface IncomingPayment {
  readonly invoice: StoredInvoice;
  readonly amountMsat: bigint;
  /** Empty for a payment from outside that no channel can carry. */
  readonly route: readonly Hop[];
}

/** The CLTV delta of the last hop of a payment to us, in blocks. */
const FINAL_DELAY = 10;

/** A failed attempt is recorded in the database, so it must not throw: that would roll back. */
type PaymentOutcome =
  | { readonly status: 'complete'; readonly payment: Payment }
  | { readonly status: 'failed'; readonly error: CommandError };

interface PaymentsDependencies {
  readonly world: WorldContext;
  readonly chain: Chain;
  readonly channels: ChannelStore;
  readonly nodes: WorldNodes;
  readonly connections: Connections;
  readonly movements: Movements;
  readonly store: PaymentStore;
  readonly peerInvoices: PeerInvoices;
  readonly invoices: Invoices;
  readonly waits: Waits;
}

/** One attempt of a payment. */
interface Attempt {
  /** When the payment started, in nanoseconds since 1970. */
  readonly started: bigint;
  readonly groupId: bigint;
  /** 0 for a payment without parts. */
  readonly partId: bigint;
}

function newGroupId({ preimage }: PaymentRequest): bigint {
  return preimage === undefined ? randomBytes(8).readBigUInt64BE() >> 1n : 0n;
}

function failedOutcome(error: CommandError): PaymentOutcome {
  return { status: 'failed', error };
}

/** The origin of payment notifications in lightningd. */
const PAYER = 'cln-xpay';

/** Sends and receives payments. Each is a single part that completes or fails at once. */
export class Payments {
  readonly #dependencies: PaymentsDependencies;

  constructor(dependencies: PaymentsDependencies) {
    this.#dependencies = dependencies;
  }

  /** The completed payment with that hash. */
  paid(paymentHash: Buffer): Payment | undefined {
    return this.#dependencies.store.ofHash(paymentHash).find(({ status }) => status === 'complete');
  }

  /** True if the hash belongs to one of our invoices. */
  isOurs(paymentHash: Buffer): boolean {
    return this.#dependencies.invoices.byHash(paymentHash) !== undefined;
  }

  /** Our unpaid invoice with that hash. */
  unpaid(paymentHash: Buffer): StoredInvoice | undefined {
    const invoice = this.#dependencies.invoices.byHash(paymentHash);
    return invoice?.status === 'unpaid' ? invoice : undefined;
  }

  /** The channels that can carry payments now. */
  usable(): Channel[] {
    const { channels, nodes, connections } = this.#dependencies;
    return channels.living().filter((channel) => {
      if (channel.state !== 'CHANNELD_NORMAL') return false;
      if (!isOurs(channel)) return true;
      return connections.has(nodes.idOf(peerOf(channel)));
    });
  }

  /** Sends a payment through our channels. */
  send(request: PaymentRequest): PaymentOutcome {
    return inTransaction(this.#dependencies.world, () => this.#send(request));
  }

  /**
   * Plans a payment of one of our invoices.
   *
   * @throws CommandError if the invoice cannot be paid, or the sender has no route
   */
  plan({ from, paymentHash, amountMsat }: IncomingRequest): IncomingPayment {
    const { invoice, amount } = this.#payableInvoice(paymentHash, amountMsat);
    if (from === undefined) {
      return { invoice, amountMsat: amount, route: this.#routeFromOutside(amount) };
    }
    const routeRequest = {
      from: from.number,
      to: OURS,
      amountMsat: amount,
      finalDelay: FINAL_DELAY,
    };
    const route = findRoute(this.usable(), routeRequest);
    if (route !== undefined) return { invoice, amountMsat: amount, route };
    throw new CommandError(ErrorCode.payNoRoute, `${from.name} found no route to this node`);
  }

  /**
   * Receives a payment of one of our invoices through the channels that `plan` finds.
   *
   * @param settledBy - a plugin can settle the payment, which does not pay the invoice
   */
  receive(request: IncomingRequest, settledBy: 'invoice' | 'plugin'): IncomingPayment {
    const { invoices, world } = this.#dependencies;
    return inTransaction(world, () => {
      const plan = this.plan(request);
      this.#transfer(plan.route);
      const invoice =
        settledBy === 'invoice' ? invoices.pay(plan.invoice, plan.amountMsat) : plan.invoice;
      this.#recordIncoming(plan.route, invoice.paymentHash, plan.amountMsat);
      return { ...plan, invoice };
    });
  }

  /** Counts an incoming HTLC that a plugin has failed. */
  refuse({ channel, amountMsat }: Hop): void {
    this.#dependencies.channels.offered(channel, 'in', amountMsat);
  }

  /** The last hop through one of our channels with the capacity, or no hop. */
  #routeFromOutside(amountMsat: bigint): Hop[] {
    const channel = this.usable().find(
      (each) => isOurs(each) && carriesMsat(each, peerOf(each)) >= amountMsat,
    );
    if (channel === undefined) return [];
    return [{ channel, from: peerOf(channel), to: OURS, amountMsat, delay: FINAL_DELAY }];
  }

  /** One of our unpaid invoices, and the amount to pay. */
  #payableInvoice(paymentHash: Buffer, amountMsat: bigint | undefined) {
    const { invoices } = this.#dependencies;
    const invoice = invoices.byHash(paymentHash);
    if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
    return { invoice, amount: invoices.payableAmount(invoice, amountMsat) };
  }

  /** Moves the amount of each hop. */
  #transfer(route: readonly Hop[]): void {
    const { channels } = this.#dependencies;
    for (const { channel, from, amountMsat } of route) {
      channels.move(channel, from, amountMsat);
      if (!isOurs(channel)) continue;
      const way = from === OURS ? 'out' : 'in';
      channels.offered(channel, way, amountMsat);
      channels.fulfilled(channel, way, amountMsat);
    }
  }

  #recordIncoming(route: readonly Hop[], paymentHash: Buffer, amountMsat: bigint): void {
    const last = route.at(-1);
    if (last === undefined) return;
    this.#dependencies.movements.inChannel({
      account: channelId(last.channel),
      creditMsat: amountMsat,
      tag: 'invoice',
      paymentHash,
      feesMsat: 0n,
    });
  }

  #send(request: PaymentRequest): PaymentOutcome {
    const { nodes, world } = this.#dependencies;
    const started = world.clock.now();
    if (request.destination === world.keys.id) return this.#paySelf(request, started);
    const destination = nodes.byId(request.destination);
    if (destination === undefined) {
      return noRoute(`Unknown destination node ${request.destination}`);
    }
    const usable = this.usable();
    const routeRequest: RouteRequest = {
      from: OURS,
      to: destination.number,
      amountMsat: request.amountMsat,
      finalDelay: request.finalDelay,
    };
    // A payer does not know the balances of other nodes: it first assumes that they suffice, and retries.
    const assumedLimit = (channel: Channel, from: bigint): bigint =>
      isOurs(channel) ? carriesMsat(channel, from) : largestMsat(channel);
    let failed: CommandError | undefined;
    let tried: readonly Hop[] = [];
    // One payment has one group, whose parts are its attempts.
    const groupId = newGroupId(request);
    let attempts = 0n;
    for (const limit of [assumedLimit, carriesMsat]) {
      const route = findRoute(usable, { ...routeRequest, limit });
      const [first] = route ?? [];
      if (route === undefined || first === undefined || isSameRoute(route, tried)) continue;
      tried = route;
      const fee = first.amountMsat - request.amountMsat;
      if (fee > request.maxFeeMsat || first.delay > request.maxDelay) {
        const limit = fee > request.maxFeeMsat ? 'cost' : 'delays';
        failed ??= new CommandError(
          ErrorCode.payTooExpensive,
          `Failed: Could not find route without excessive ${limit}`,
        );
        continue;
      }
      const partId = request.preimage === undefined ? ++attempts : 0n;
      const attempt = this.#attempt(request, route, destination, { started, groupId, partId });
      if (attempt.status === 'complete') return attempt;
      if (attempt.error.code === ErrorCode.payDestinationFailed) return attempt;
      failed = attempt.error;
    }
    if (failed !== undefined && failed.code !== ErrorCode.payNoRoute) {
      return { status: 'failed', error: failed };
    }
    const mine = this.#dependencies.channels.living().filter((each) => {
      return each.state === 'CHANNELD_NORMAL' && isOurs(each);
    });
    const reason = noRouteReason(
      usable,
      { all: mine, usable: usable.filter(isOurs) },
      routeRequest,
      nodes,
    );
    return noRoute(reason);
  }

  #attempt(
    request: PaymentRequest,
    route: readonly Hop[],
    destination: WorldNode,
    attempt: Attempt,
  ): PaymentOutcome {
    const { peerInvoices } = this.#dependencies;
    const { groupId, started } = attempt;
    this.#notifyStart(request, route, attempt);
    const failure = this.#failureOn(route, destination);
    if (failure !== undefined) return this.#fail(request, route, attempt, failure);
    const invoice = peerInvoices.byHash(request.paymentHash);
    if (
      request.preimage === undefined &&
      !acceptsPayment(invoice, request, destination, seconds(this.#dependencies.world.clock))
    ) {
      const unknown = {
        failure: 'incorrect_or_unknown_payment_details',
        index: route.length,
      } as const;
      return this.#fail(request, route, attempt, unknown);
    }
    const preimage = request.preimage ?? invoice?.preimage;
    if (preimage === undefined) throw new Error('the accepted payment has no preimage');
    this.#transfer(route);
    if (invoice === undefined)
      peerInvoices.addKeysend(destination.number, preimage, request.amountMsat);
    else peerInvoices.markPaid(invoice, request.amountMsat);
    const sent = route[0]?.amountMsat ?? request.amountMsat;
    const payment = this.#record(request, attempt, sent, { preimage });
    this.#notifySuccess(payment, started);
    const [first] = route;
    if (first !== undefined) {
      this.#dependencies.movements.inChannel({
        account: channelId(first.channel),
        debitMsat: sent,
        tag: 'invoice',
        paymentHash: request.paymentHash,
        part: { partId: payment.partId, groupId },
        feesMsat: sent - request.amountMsat,
      });
    }
    return { status: 'complete', payment };
  }

  /** The failure of a payment on a route, and the number of hops to the node that fails it. */
  #failureOn(
    route: readonly Hop[],
    destination: WorldNode,
  ): { failure: WireFailure; index: number } | undefined {
    for (const [index, { channel, from, amountMsat }] of route.entries()) {
      if (from !== OURS) {
        if (this.#dependencies.nodes.byNumber(from).conduct === 'fail') {
          return { failure: 'temporary_node_failure', index };
        }
        if (carriesMsat(channel, from) < amountMsat) {
          return { failure: 'temporary_channel_failure', index };
        }
      }
    }
    switch (destination.conduct) {
      case 'accept':
        return undefined;
      case 'fail':
        return { failure: 'temporary_node_failure', index: route.length };
      case 'reject':
      case 'hold':
        return { failure: 'incorrect_or_unknown_payment_details', index: route.length };
    }
  }

  #fail(
    request: PaymentRequest,
    route: readonly Hop[],
    attempt: Attempt,
    { failure, index }: { failure: WireFailure; index: number },
  ): PaymentOutcome {
    const { channels, chain, nodes, world } = this.#dependencies;
    const [first] = route;
    const sent = first?.amountMsat ?? request.amountMsat;
    if (first !== undefined) channels.offered(first.channel, 'out', sent);
    // lightningd reports the encrypted onion of the failing node; the sandbox uses random bytes.
    const onion = { failure: randomBytes(292).toString('hex') };
    const payment = this.#record(request, attempt, sent, onion);
    world.notifier.native('sendpay_failure', () => failedPaymentJson(payment));
    const erring = route[index - 1];
    const nextHop = route[index];
    this.#notifyEnd(payment, attempt.started, 'failure', {
      failed_msg: failureMessage(failure, request.amountMsat, chain.height),
      failed_node_id: erring === undefined ? undefined : nodes.idOf(erring.to),
      failed_short_channel_id: nextHop?.channel.scid,
      failed_direction: nextHop === undefined ? undefined : this.#direction(nextHop),
      error_code: failureCode(failure),
      error_message: failure,
    });
    if (failure === 'incorrect_or_unknown_payment_details') {
      return {
        status: 'failed',
        error: new CommandError(
          ErrorCode.payDestinationFailed,
          `Destination said it doesn't know invoice: ${failure}`,
        ),
      };
    }
    return noRoute(failure);
  }

  /** Pays our own invoice: no balance changes. */
  #paySelf(request: PaymentRequest, started: bigint): PaymentOutcome {
    const { invoices } = this.#dependencies;
    const invoice = invoices.byHash(request.paymentHash);
    const partId = request.selfPayment === 'sendpay' ? 0n : 1n;
    const groupId = partId === 0n ? this.#nextGroupId(request.paymentHash) : newGroupId(request);
    const attempt = { started, groupId, partId };
    if (invoice?.status !== 'unpaid' || request.rejected === true) {
      return this.#failSelf(request, attempt);
    }
    this.#notifyStart(request, [], attempt);
    const { preimage } = invoice;
    const payment = this.#record(request, attempt, request.amountMsat, { preimage });
    this.#notifySent(payment);
    invoices.pay(invoice, request.amountMsat);
    this.#notifyEnd(payment, started, 'success', {});
    return { status: 'complete', payment };
  }

  /** The group of a payment by `pay`: the next number, as in lightningd. */
  #nextGroupId(paymentHash: Buffer): bigint {
    const used = this.#dependencies.store.ofHash(paymentHash).map(({ groupId }) => groupId);
    return used.reduce((highest, each) => (each > highest ? each : highest), 0n) + 1n;
  }

  /** Records a payment to ourselves that no unpaid invoice matches. */
  #failSelf(request: PaymentRequest, attempt: Attempt): PaymentOutcome {
    const { world } = this.#dependencies;
    if (request.selfPayment === 'sendpay') {
      const payment = this.#record(request, attempt, request.amountMsat, {});
      const message = `Unknown invoice ${request.paymentHash.toString('hex')}`;
      const data = { ...pendingPaymentJson(payment), ...selfFailureJson(world.keys.id) };
      world.notifier.native('sendpay_failure', () => ({
        code: ErrorCode.payDestinationFailed,
        message: `failed: WIRE_INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS (${message})`,
        data,
      }));
      return failedOutcome(new CommandError(ErrorCode.payDestinationFailed, message, data));
    }
    this.#notifyStart(request, [], attempt);
    const onion = { failure: randomBytes(292).toString('hex') };
    const payment = this.#record(request, attempt, request.amountMsat, onion);
    world.notifier.native('sendpay_failure', () => failedPaymentJson(payment));
    this.#notifyEnd(payment, attempt.started, 'failure', {
      failed_msg: failureMessage(
        'incorrect_or_unknown_payment_details',
        request.amountMsat,
        this.#dependencies.chain.height,
      ),
      error_code: failureCode('incorrect_or_unknown_payment_details'),
      error_message: 'Malformed error reply',
    });
    return failedOutcome(
      new CommandError(
        ErrorCode.payDestinationFailed,
        "Destination said it doesn't know invoice: Malformed error reply",
      ),
    );
  }

  #record(
    request: PaymentRequest,
    { groupId, partId, started }: Attempt,
    sentMsat: bigint,
    end: { readonly preimage?: Buffer; readonly failure?: string },
  ): Payment {
    const { store, waits, world } = this.#dependencies;
    const payment = store.add({
      paymentHash: request.paymentHash,
      groupId,
      partId,
      destination: request.destination,
      amountMsat: request.amountMsat,
      sentMsat,
      createdAt: started,
      completedAt: seconds(world.clock),
      status: end.preimage === undefined ? 'failed' : 'complete',
      preimage: end.preimage,
      label: request.label,
      description: request.description,
      bolt11: request.bolt11,
      failure: end.failure,
    });
    const details = (status: string) => (): JsonObject => ({
      status,
      partid: payment.partId,
      groupid: groupId,
      payment_hash: payment.paymentHash.toString('hex'),
    });
    waits.counted('sendpays', 'created', payment.index, details('pending'));
    waits.counted('sendpays', 'updated', payment.index, details(payment.status));
    return payment;
  }

  #notifyStart(request: PaymentRequest, route: readonly Hop[], { groupId, partId }: Attempt): void {
    if (request.preimage !== undefined) return;
    const { nodes, world } = this.#dependencies;
    world.notifier.fromBuiltin('pay_part_start', PAYER, () => ({
      payment_hash: request.paymentHash.toString('hex'),
      groupid: groupId,
      partid: partId,
      total_payment_msat: request.amountMsat,
      attempt_msat: request.amountMsat,
      hops: route.map((hop, index) => ({
        next_node: nodes.idOf(hop.to),
        short_channel_id: hop.channel.scid,
        direction: this.#direction(hop),
        channel_in_msat: index === 0 ? hop.amountMsat : (route[index - 1]?.amountMsat ?? 0n),
        channel_out_msat: hop.amountMsat,
      })),
    }));
  }

  #notifySuccess(payment: Payment, started: bigint): void {
    this.#notifySent(payment);
    this.#notifyEnd(payment, started, 'success', {});
  }

  #notifySent(payment: Payment): void {
    this.#dependencies.world.notifier.native('sendpay_success', () => paymentJson(payment));
  }

  #notifyEnd(
    payment: Payment,
    started: bigint,
    status: 'success' | 'failure',
    { failed_msg, ...rest }: JsonObject,
  ): void {
    // A keysend payment has no parts, so it has no `pay_part_end`.
    if (payment.partId === 0n) return;
    const { clock, notifier } = this.#dependencies.world;
    const duration = RawJson.checked(withNanoseconds(clock.now() - started));
    const named = {
      payment_hash: payment.paymentHash.toString('hex'),
      groupid: payment.groupId,
      partid: payment.partId,
    };
    notifier.fromBuiltin('pay_part_end', PAYER, () =>
      status === 'success'
        ? { status, duration, ...named }
        : { status, ...named, failed_msg, duration, ...rest },
    );
  }

  #direction({ from, to }: Hop): number {
    const { nodes } = this.#dependencies;
    return directionFrom(nodes.idOf(from), nodes.idOf(to));
  }
}

function noRoute(reason: string): PaymentOutcome {
  return {
    status: 'failed',
    error: new CommandError(ErrorCode.payNoRoute, `Failed: ${reason}`),
  };
}

function isSameRoute(a: readonly Hop[], b: readonly Hop[]): boolean {
  return (
    a.length === b.length && a.every(({ channel }, index) => channel.key === b[index]?.channel.key)
  );
}

/** A node accepts one payment of an invoice before it expires, up to twice the amount (BOLT 4). */
function acceptsPayment(
  invoice: PeerInvoice | undefined,
  { amountMsat }: PaymentRequest,
  { number }: WorldNode,
  now: bigint,
): boolean {
  if (invoice === undefined || invoice.node !== number || invoice.receivedMsat !== undefined)
    return false;
  if (now >= invoice.expiresAt) return false;
  const wanted = invoice.amountMsat ?? amountMsat;
  return amountMsat >= wanted && amountMsat <= wanted * 2n;
}

/** The payment hash of a preimage. */
export function hashOf(preimage: Buffer): Buffer {
  return createHash('sha256').update(preimage).digest();
}
