import { CommandError } from '../commands/errors.ts';
import { type HookNode, isHooked } from '../hooks/chain.ts';
import { callHtlcAccepted, type HtlcDecision, waitingFor } from '../hooks/htlc-accepted.ts';
import { callInvoicePayment } from '../hooks/invoice-payment.ts';
import type { StoredInvoice } from '../invoices/invoice.ts';
import { type Invoices, paymentSecretOf } from '../invoices/invoices.ts';
import { seconds } from '../clock.ts';
import { outpointOf } from '../world/chain.ts';
import { type Channel, channelId, CLTV_DELTA } from '../world/channel.ts';
import { failureOfMessage, type WireFailure } from '../world/failures.ts';
import { OURS } from '../world/nodes.ts';
import { hashOf } from '../world/payments.ts';
import { carriesMsat } from '../world/routes.ts';
import type { World } from '../world/world.ts';
import type { StoredPart } from './part-store.ts';
import type { PartHop } from './records.ts';
import type { SharedWorld } from './shared-world.ts';

const UNKNOWN_DETAILS: WireFailure = 'incorrect_or_unknown_payment_details';

type DecidingNode = HookNode & { readonly world: World; readonly invoices: Invoices };

/**
 * Decides about the parts that have arrived at our node: forwards them, or settles or fails them. The decision follows from the
 * database, so a node that was killed decides again when it starts, and calls the hooks again, as lightningd does.
 */
export class PartDecisions {
  readonly #node: DecidingNode;
  readonly #shared: SharedWorld;
  /** The value of `cltv-final`. */
  readonly #finalDelay: number;
  /** Parts that wait for a plugin, or that plugins have accepted while other parts are missing. */
  readonly #waiting = new Map<string, 'deciding' | 'accepted'>();
  /** The payment hashes of parts that wait for others. */
  readonly #incomplete = new Set<string>();
  #isClosed = false;

  constructor(node: DecidingNode, shared: SharedWorld, finalDelay: number) {
    this.#node = node;
    this.#shared = shared;
    this.#finalDelay = finalDelay;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Decides about new parts. Call it after each change. */
  update(): void {
    if (this.#isClosed) return;
    const pending = this.#arrived();
    const ids = new Set(pending.map(({ id }) => id));
    for (const id of this.#waiting.keys()) if (!ids.has(id)) this.#waiting.delete(id);
    for (const hash of this.#incomplete) {
      if (!pending.some(({ paymentHash }) => paymentHash === hash)) this.#stopTimeout(hash);
    }
    for (const part of pending) {
      if (this.#waiting.has(part.id)) continue;
      this.#waiting.set(part.id, 'deciding');
      void this.#decide(part).catch((error: unknown) => this.#onError(part, error));
    }
  }

  #arrived(): StoredPart[] {
    const us = this.#node.world.context.keys.id;
    return this.#shared.parts.pending().filter(({ hops, hop }) => hops[hop]?.to === us);
  }

  /** A plugin that fails stops the node. It decides again after its start. */
  #onError({ id }: StoredPart, error: unknown): void {
    if (this.#isClosed) return;
    this.#node.log.log('broken', `Payment ${id} of the shared world: ${String(error)}`);
  }

  async #decide(part: StoredPart): Promise<void> {
    const decision = isHooked(this.#node, 'htlc_accepted')
      ? await this.#askPlugins(part)
      : undefined;
    if (this.#isClosed) return;
    if (decision !== undefined && decision.kind !== 'continue')
      return this.#conclude(part, decision);
    if (part.hops[part.hop]?.amountMsat === '0') {
      this.#fail(part, 'amount_below_minimum');
      return;
    }
    if (part.hop < part.hops.length - 1) return this.#forward(part);
    this.#waiting.set(part.id, 'accepted');
    await this.#accept(part);
  }

  async #askPlugins(part: StoredPart): Promise<HtlcDecision> {
    const { htlcs } = this.#node.world;
    const htlc = this.#htlcOf(part);
    const name = { scid: htlc.channel, direction: 'in', id: htlc.id } as const;
    try {
      return await callHtlcAccepted(this.#node, htlc, (plugin) =>
        htlcs.setStatus(name, waitingFor(plugin)),
      );
    } finally {
      htlcs.setStatus(name, undefined);
    }
  }

  #conclude(part: StoredPart, decision: Exclude<HtlcDecision, { kind: 'continue' }>): void {
    if (decision.kind === 'resolve') {
      this.#settle([part], decision.preimage, 'plugin');
      return;
    }
    const { message } = decision;
    this.#fail(part, message === undefined ? 'temporary_node_failure' : failureOfMessage(message));
  }

  #forward(part: StoredPart): void {
    const { world } = this.#node;
    const next = part.hops[part.hop + 1];
    const here = part.hops[part.hop];
    if (next === undefined || here === undefined) return;
    const forwarded = this.#shared.commit(() => {
      if (!this.#isPending(part)) return undefined;
      return this.#forwardProblem(here, next) === undefined
        ? { kind: 'forward', part: part.id, hop: part.hop + 1 }
        : undefined;
    });
    if (forwarded !== undefined || !this.#isPending(part)) return;
    const failure = this.#forwardProblem(here, next) ?? 'temporary_channel_failure';
    const failed = this.#fail(part, failure);
    const channel = this.#channel(next);
    if (!failed) return;
    world.forwards.failLocally(
      {
        paymentHash: Buffer.from(part.paymentHash, 'hex'),
        inChannel: this.#channel(here)?.scid ?? '',
        inHtlc: part.inHtlc ?? 0n,
        outChannel: channel?.scid ?? '',
        inMsat: BigInt(here.amountMsat),
        outMsat: BigInt(next.amountMsat),
      },
      failure,
    );
  }

  /** Why we cannot forward a part, in lightningd's order. */
  #forwardProblem(here: PartHop, next: PartHop): WireFailure | undefined {
    const { world } = this.#node;
    const channel = this.#channel(next);
    if (channel === undefined || channel.state !== 'CHANNELD_NORMAL') return 'unknown_next_peer';
    const outMsat = BigInt(next.amountMsat);
    const inMsat = BigInt(here.amountMsat);
    const failure = world.forwards.policyFailure({ outgoing: channel, inMsat, outMsat });
    if (failure !== undefined) return failure;
    if (here.expiry < next.expiry + CLTV_DELTA) return 'incorrect_cltv_expiry';
    const isUsable = channel.closingTxid === undefined && world.connections.has(next.to);
    return isUsable && carriesMsat(channel, OURS) >= outMsat
      ? undefined
      : 'temporary_channel_failure';
  }

  /** Accepts the payment when all parts have arrived. */
  async #accept(part: StoredPart): Promise<void> {
    const set = this.#arrived().filter(
      ({ paymentHash, id, hop, hops }) =>
        paymentHash === part.paymentHash &&
        hop === hops.length - 1 &&
        this.#waiting.get(id) === 'accepted',
    );
    const arrived = set.reduce((sum, { amountMsat }) => sum + BigInt(amountMsat), 0n);
    const totalMsat = BigInt(part.totalMsat);
    const invoice = this.#isAcceptable(set) ? this.#payable(part, totalMsat) : undefined;
    if (invoice === undefined) {
      for (const each of set) this.#fail(each, UNKNOWN_DETAILS);
      return;
    }
    if (arrived < totalMsat) {
      this.#failLater(part);
      return;
    }
    this.#stopTimeout(part.paymentHash);
    for (const { id } of set) this.#waiting.set(id, 'deciding');
    const rejection = isHooked(this.#node, 'invoice_payment')
      ? await callInvoicePayment(this.#node, invoice, totalMsat)
      : undefined;
    if (this.#isClosed) return;
    if (rejection === undefined) {
      this.#settle(set, invoice.preimage, 'invoice');
      return;
    }
    const failure = rejection === '' ? UNKNOWN_DETAILS : failureOfMessage(rejection);
    for (const each of set) this.#fail(each, failure);
  }

  /** Whether the sender knows the invoice, and leaves enough time. */
  #isAcceptable(parts: readonly StoredPart[]): boolean {
    const { height } = this.#node.world.chain;
    return parts.every((part) => {
      const expiry = part.hops[part.hop]?.expiry ?? 0;
      return this.#knowsSecret(part) && expiry >= height + this.#finalDelay;
    });
  }

  /** A keysend payment has no invoice, and BOLT 12 a blinded path in place of the secret. */
  #knowsSecret({ paymentHash, paymentSecret, keysendPreimage }: StoredPart): boolean {
    if (keysendPreimage !== undefined) return true;
    const invoice = this.#node.invoices.byHash(Buffer.from(paymentHash, 'hex'));
    if (invoice === undefined || invoice.invstring.startsWith('lni')) return true;
    return paymentSecret === paymentSecretOf(invoice.preimage).toString('hex');
  }

  /** The unpaid invoice of a payment. A keysend payment creates it. */
  #payable(part: StoredPart, totalMsat: bigint): StoredInvoice | undefined {
    const { invoices } = this.#node;
    const paymentHash = Buffer.from(part.paymentHash, 'hex');
    const invoice = invoices.byHash(paymentHash) ?? this.#keysendInvoice(part, totalMsat);
    if (invoice === undefined) return undefined;
    try {
      invoices.payableAmount(invoice, totalMsat);
      return invoice;
    } catch (error) {
      if (error instanceof CommandError) return undefined;
      throw error;
    }
  }

  /** lightningd's keysend plugin creates an invoice with such a label and description. */
  #keysendInvoice({ keysendPreimage }: StoredPart, totalMsat: bigint): StoredInvoice | undefined {
    if (keysendPreimage === undefined) return undefined;
    const { world, invoices } = this.#node;
    const now = world.context.clock.now();
    const preimage = Buffer.from(keysendPreimage, 'hex');
    return world.context.database.transaction(() =>
      invoices.create({
        amountMsat: totalMsat,
        label: `keysend-${seconds(world.context.clock)}.${String(now % 1_000_000_000n).padStart(9, '0')}`,
        description: 'keysend',
        hashOnly: false,
        expiry: 604_800n,
        fallbacks: [],
        preimage,
        cltv: 10n,
      }),
    );
  }

  /** Fails the parts of a payment if others stay away. */
  #failLater({ paymentHash }: StoredPart): void {
    this.#incomplete.add(paymentHash);
    this.#node.world.partTimeouts.start(timeoutOf(paymentHash), () => {
      this.#incomplete.delete(paymentHash);
      if (this.#isClosed) return;
      for (const part of this.#arrived()) {
        const isLate =
          part.paymentHash === paymentHash && this.#waiting.get(part.id) === 'accepted';
        if (isLate) this.#fail(part, 'mpp_timeout');
      }
    });
  }

  #stopTimeout(paymentHash: string): void {
    this.#incomplete.delete(paymentHash);
    this.#node.world.partTimeouts.stop(timeoutOf(paymentHash));
  }

  #settle(parts: readonly StoredPart[], preimage: Buffer, by: 'invoice' | 'plugin'): void {
    this.#shared.commit(() => {
      const isRight = hashOf(preimage).toString('hex') === parts[0]?.paymentHash;
      // A channel can have closed while a plugin held the payment.
      if (!isRight || !parts.every((part) => this.#isPending(part))) return undefined;
      return {
        kind: 'settle',
        parts: parts.map(({ id }) => id),
        preimage: preimage.toString('hex'),
        by,
      };
    });
    // Parts whose set is incomplete now wait for others.
    for (const part of parts) if (this.#isPending(part)) this.#waiting.set(part.id, 'accepted');
  }

  #fail(part: StoredPart, failure: WireFailure): boolean {
    const record = this.#shared.commit(() =>
      this.#isPending(part)
        ? { kind: 'fail', part: part.id, failure, index: part.hop + 1 }
        : undefined,
    );
    return record !== undefined;
  }

  #isPending({ id, hop }: StoredPart): boolean {
    const now = this.#shared.parts.byId(id);
    return now?.status === 'pending' && now.hop === hop;
  }

  #channel({ channel }: PartHop): Channel | undefined {
    return this.#node.world.channels.byFunding(outpointOf(channel));
  }

  #htlcOf(part: StoredPart): Parameters<typeof callHtlcAccepted>[1] {
    const { world, invoices } = this.#node;
    const here = part.hops[part.hop];
    const next = part.hops[part.hop + 1];
    if (here === undefined) throw new Error('the part has no hop');
    const outgoing = next && this.#channel(next);
    const paymentHash = Buffer.from(part.paymentHash, 'hex');
    const preimage = invoices.byHash(paymentHash)?.preimage;
    return {
      peerId: here.from,
      channel: this.#channel(here)?.scid ?? '',
      id: part.inHtlc ?? 0n,
      amountMsat: BigInt(here.amountMsat),
      blockheight: world.chain.height,
      cltvExpiry: here.expiry,
      paymentHash,
      onion: {
        forwardMsat: BigInt((next ?? here).amountMsat),
        cltv: (next ?? here).expiry,
        ...(outgoing === undefined
          ? { totalMsat: BigInt(part.totalMsat) }
          : { next: { scid: outgoing.scid ?? '', channelId: channelId(outgoing) } }),
        ...(next === undefined && preimage !== undefined
          ? { secret: paymentSecretOf(preimage) }
          : {}),
      },
    };
  }
}

function timeoutOf(paymentHash: string): string {
  return `shared world ${paymentHash}`;
}
