import { createHash, randomBytes } from 'node:crypto';
import { seconds, withNanoseconds } from '../clock.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Invoice } from '../invoices/invoice.ts';
import type { Invoices } from '../invoices/invoices.ts';
import { RawJson, type JsonObject } from '../json/output.ts';
import type { Asked, AskedPayments } from './asked.ts';
import type { Chain } from './chain.ts';
import { channelId, directionFrom, isOurs, largestMsat, peerOf, type Channel } from './channel.ts';
import type { ChannelStore } from './channel-store.ts';
import type { Connections } from './connections.ts';
import { failureCode, failureMessage, type WireFailure } from './failures.ts';
import type { Movements } from './movements.ts';
import { OURS, type WorldNode, type WorldNodes } from './nodes.ts';
import { whyNoRoute } from './outlook.ts';
import { happening, type WorldParts } from './parts.ts';
import { failedPaymentJson, paymentJson, type Payment } from './payment.ts';
import type { PaymentStore } from './payment-store.ts';
import { carriesMsat, findRoute, type Hop, type RouteWish } from './routes.ts';
import type { Waits } from './waits.ts';

/** What is to be paid. */
export interface PaymentRequest {
  /** A public key. */
  readonly destination: string;
  readonly paymentHash: Buffer;
  readonly amountMsat: bigint;
  readonly maxFeeMsat: bigint;
  readonly maxDelay: number;
  /** Blocks that are left at the end. */
  readonly finalDelay: number;
  readonly bolt11?: string | undefined;
  readonly label?: string | undefined;
  readonly description?: string | undefined;
  /** Of a payment that nobody asked for: it brings its preimage along. */
  readonly preimage?: Buffer;
}

/** How it went. A failure that happened under way is in the database, and so is not thrown. */
type PaymentOutcome =
  | { readonly status: 'complete'; readonly payment: Payment }
  | { readonly status: 'failed'; readonly error: CommandError };

interface Parts {
  readonly world: WorldParts;
  readonly chain: Chain;
  readonly channels: ChannelStore;
  readonly nodes: WorldNodes;
  readonly connections: Connections;
  readonly movements: Movements;
  readonly store: PaymentStore;
  readonly asked: AskedPayments;
  readonly invoices: Invoices;
  readonly waits: Waits;
}

/** The plugin that pays in lightningd. */
const PAYER = 'cln-xpay';

/** Payments, each in one piece and all at once: what was sent is there, or it was never sent. */
export class Payments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The payment of that hash that succeeded. */
  paid(paymentHash: Buffer): Payment | undefined {
    return this.#parts.store.ofHash(paymentHash).find(({ status }) => status === 'complete');
  }

  /** That is an invoice of ours. */
  isOurs(paymentHash: Buffer): boolean {
    return this.#parts.invoices.byHash(paymentHash) !== undefined;
  }

  /** Channels that payments can go through now. */
  usable(): Channel[] {
    const { channels, nodes, connections } = this.#parts;
    return channels.living().filter((channel) => {
      if (channel.state !== 'CHANNELD_NORMAL') return false;
      if (!isOurs(channel)) return true;
      return connections.has(nodes.idOf(peerOf(channel)));
    });
  }

  /** Pays, out of our channels. */
  send(request: PaymentRequest): PaymentOutcome {
    return happening(this.#parts.world, () => this.#send(request));
  }

  /** Has another node pay an invoice of ours, through the channels that there are. */
  receive(from: WorldNode, paymentHash: Buffer, amountMsat: bigint | undefined): Hop[] {
    const { invoices, world } = this.#parts;
    return happening(world, () => {
      const { invoice, amount } = this.#asked(paymentHash, amountMsat);
      const wish = { from: from.number, to: OURS, amountMsat: amount, finalDelay: 10 };
      const route = findRoute(this.usable(), wish);
      if (route === undefined) {
        throw new CommandError(ErrorCode.payNoRoute, `${from.name} could not find a route to us`);
      }
      this.#transfer(route);
      invoices.pay(invoice, amount);
      this.#came(route, paymentHash, amount);
      return route;
    });
  }

  /** An invoice is paid from afar: through a channel that has room, or out of nowhere. */
  fromAfar(paymentHash: Buffer, amountMsat: bigint | undefined): Invoice {
    const { invoices, world } = this.#parts;
    return happening(world, () => {
      const { invoice, amount } = this.#asked(paymentHash, amountMsat);
      const channel = this.usable().find(
        (each) => isOurs(each) && carriesMsat(each, peerOf(each)) >= amount,
      );
      const paid = invoices.pay(invoice, amount);
      if (channel === undefined) return paid;
      const hop = { channel, from: peerOf(channel), to: OURS, amountMsat: amount, delay: 0 };
      this.#transfer([hop]);
      this.#came([hop], paymentHash, amount);
      return paid;
    });
  }

  /** An invoice of ours, and what is to be paid for it. */
  #asked(paymentHash: Buffer, amountMsat: bigint | undefined) {
    const { invoices } = this.#parts;
    const invoice = invoices.byHash(paymentHash);
    if (invoice === undefined) throw new CommandError(ErrorCode.invoiceNotFound, 'Unknown invoice');
    return { invoice, amount: invoices.payableAmount(invoice, amountMsat) };
  }

  /** Moves what each hop carries. */
  #transfer(route: readonly Hop[]): void {
    const { channels } = this.#parts;
    for (const { channel, from, amountMsat } of route) {
      channels.move(channel, from, amountMsat);
      if (!isOurs(channel)) continue;
      const way = from === OURS ? 'out' : 'in';
      channels.offered(channel, way, amountMsat);
      channels.fulfilled(channel, way, amountMsat);
    }
  }

  #came(route: readonly Hop[], paymentHash: Buffer, amountMsat: bigint): void {
    const last = route.at(-1);
    if (last === undefined) return;
    this.#parts.movements.inChannel({
      account: channelId(last.channel),
      creditMsat: amountMsat,
      tag: 'invoice',
      paymentHash,
      feesMsat: 0n,
    });
  }

  #send(request: PaymentRequest): PaymentOutcome {
    const { nodes, world } = this.#parts;
    const started = world.clock.now();
    if (request.destination === world.keys.id) return this.#toOurselves(request, started);
    const destination = nodes.byId(request.destination);
    if (destination === undefined) {
      return noRoute(`Unknown destination node ${request.destination}`);
    }
    const usable = this.usable();
    const wish: RouteWish = {
      from: OURS,
      to: destination.number,
      amountMsat: request.amountMsat,
      finalDelay: request.finalDelay,
    };
    // Balances of others are not known: what seems to be a way may fail, and then others are tried.
    const guess = (channel: Channel, from: bigint): bigint =>
      isOurs(channel) ? carriesMsat(channel, from) : largestMsat(channel);
    let failed: CommandError | undefined;
    let tried: readonly Hop[] = [];
    for (const limit of [guess, carriesMsat]) {
      const route = findRoute(usable, { ...wish, limit });
      const [first] = route ?? [];
      if (route === undefined || first === undefined || isSameWay(route, tried)) continue;
      tried = route;
      const fee = first.amountMsat - request.amountMsat;
      if (fee > request.maxFeeMsat || first.delay > request.maxDelay) {
        failed ??= new CommandError(
          ErrorCode.payTooExpensive,
          'Failed: Could not find route without excessive cost',
        );
        continue;
      }
      const attempt = this.#attempt(request, route, destination, started);
      if (attempt.status === 'complete') return attempt;
      if (attempt.error.code === ErrorCode.payDestinationFailed) return attempt;
      failed = attempt.error;
    }
    if (failed !== undefined && failed.code !== ErrorCode.payNoRoute) {
      return { status: 'failed', error: failed };
    }
    const mine = this.#parts.channels.living().filter((each) => {
      return each.state === 'CHANNELD_NORMAL' && isOurs(each);
    });
    const why = whyNoRoute(usable, { all: mine, usable: usable.filter(isOurs) }, wish, nodes);
    return noRoute(why);
  }

  #attempt(
    request: PaymentRequest,
    route: readonly Hop[],
    destination: WorldNode,
    started: bigint,
  ): PaymentOutcome {
    const { asked } = this.#parts;
    const groupId = request.preimage === undefined ? randomBytes(8).readBigUInt64BE() >> 1n : 0n;
    this.#tellStart(request, route, groupId);
    const failure = this.#failureOn(route, destination);
    if (failure !== undefined) return this.#fail(request, route, groupId, started, failure);
    const wanted = asked.byHash(request.paymentHash);
    if (
      request.preimage === undefined &&
      !isAsked(wanted, request, destination, seconds(this.#parts.world.clock))
    ) {
      const unknown = {
        failure: 'incorrect_or_unknown_payment_details',
        index: route.length,
      } as const;
      return this.#fail(request, route, groupId, started, unknown);
    }
    const preimage = request.preimage ?? wanted?.preimage;
    if (preimage === undefined) throw new Error('a payment that is expected has a preimage');
    this.#transfer(route);
    if (wanted === undefined) asked.unasked(destination.number, preimage, request.amountMsat);
    else asked.markPaid(wanted, request.amountMsat);
    const sent = route[0]?.amountMsat ?? request.amountMsat;
    const payment = this.#record(request, groupId, started, sent, { preimage });
    this.#tellSuccess(payment, started);
    const [first] = route;
    if (first !== undefined) {
      this.#parts.movements.inChannel({
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

  /** What goes wrong on a route, and where: at the node that many hops away. */
  #failureOn(
    route: readonly Hop[],
    destination: WorldNode,
  ): { failure: WireFailure; index: number } | undefined {
    for (const [index, { channel, from, amountMsat }] of route.entries()) {
      if (from !== OURS) {
        if (this.#parts.nodes.byNumber(from).conduct === 'fail') {
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
    groupId: bigint,
    started: bigint,
    { failure, index }: { failure: WireFailure; index: number },
  ): PaymentOutcome {
    const { channels, chain, nodes, world } = this.#parts;
    const [first] = route;
    const sent = first?.amountMsat ?? request.amountMsat;
    if (first !== undefined) channels.offered(first.channel, 'out', sent);
    // The true answer is sealed for the sender's onion, which nobody here has made.
    const sealed = { failure: randomBytes(292).toString('hex') };
    const payment = this.#record(request, groupId, started, sent, sealed);
    world.notifier.native('sendpay_failure', () => failedPaymentJson(payment));
    const erring = route[index - 1];
    const towards = route[index];
    this.#tellEnd(payment, started, 'failure', {
      failed_msg: failureMessage(failure, request.amountMsat, chain.height),
      failed_node_id: erring === undefined ? undefined : nodes.idOf(erring.to),
      failed_short_channel_id: towards?.channel.scid,
      failed_direction: towards === undefined ? undefined : this.#direction(towards),
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

  /** Nothing moves: it only goes round. */
  #toOurselves(request: PaymentRequest, started: bigint): PaymentOutcome {
    const { invoices } = this.#parts;
    const invoice = invoices.byHash(request.paymentHash);
    if (invoice?.status !== 'unpaid') {
      return {
        status: 'failed',
        error: new CommandError(
          ErrorCode.payDestinationFailed,
          "Destination said it doesn't know invoice: incorrect_or_unknown_payment_details",
        ),
      };
    }
    const groupId = randomBytes(8).readBigUInt64BE() >> 1n;
    this.#tellStart(request, [], groupId);
    const { preimage } = invoice;
    const payment = this.#record(request, groupId, started, request.amountMsat, { preimage });
    this.#tellSent(payment);
    invoices.pay(invoice, request.amountMsat);
    this.#tellEnd(payment, started, 'success', {});
    return { status: 'complete', payment };
  }

  #record(
    request: PaymentRequest,
    groupId: bigint,
    createdAt: bigint,
    sentMsat: bigint,
    end: { readonly preimage?: Buffer; readonly failure?: string },
  ): Payment {
    const { store, waits, world } = this.#parts;
    const payment = store.add({
      paymentHash: request.paymentHash,
      groupId,
      partId: request.preimage === undefined ? 1n : 0n,
      destination: request.destination,
      amountMsat: request.amountMsat,
      sentMsat,
      createdAt,
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

  #tellStart(request: PaymentRequest, route: readonly Hop[], groupId: bigint): void {
    if (request.preimage !== undefined) return;
    const { nodes, world } = this.#parts;
    world.notifier.fromBuiltin('pay_part_start', PAYER, () => ({
      payment_hash: request.paymentHash.toString('hex'),
      groupid: groupId,
      partid: 1,
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

  #tellSuccess(payment: Payment, started: bigint): void {
    this.#tellSent(payment);
    this.#tellEnd(payment, started, 'success', {});
  }

  #tellSent(payment: Payment): void {
    this.#parts.world.notifier.native('sendpay_success', () => paymentJson(payment));
  }

  #tellEnd(
    payment: Payment,
    started: bigint,
    status: 'success' | 'failure',
    { failed_msg, ...rest }: JsonObject,
  ): void {
    // Only parts are told of, and a payment that nobody asked for has none.
    if (payment.partId === 0n) return;
    const { clock, notifier } = this.#parts.world;
    const duration = new RawJson(withNanoseconds(clock.now() - started));
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
    const { nodes } = this.#parts;
    return directionFrom(nodes.idOf(from), nodes.idOf(to));
  }
}

const noRoute = (why: string): PaymentOutcome => ({
  status: 'failed',
  error: new CommandError(ErrorCode.payNoRoute, `Failed: ${why}`),
});

const isSameWay = (a: readonly Hop[], b: readonly Hop[]): boolean =>
  a.length === b.length && a.every(({ channel }, index) => channel.key === b[index]?.channel.key);

/** A node takes what it asked for, once, in time, and up to twice as much (BOLT 4). */
const isAsked = (
  asked: Asked | undefined,
  { amountMsat }: PaymentRequest,
  { number }: WorldNode,
  now: bigint,
): boolean => {
  if (asked === undefined || asked.node !== number || asked.receivedMsat !== undefined)
    return false;
  if (now >= asked.expiresAt) return false;
  const wanted = asked.amountMsat ?? amountMsat;
  return amountMsat >= wanted && amountMsat <= wanted * 2n;
};

/** The hash of a preimage. */
export const hashOf = (preimage: Buffer): Buffer => createHash('sha256').update(preimage).digest();
