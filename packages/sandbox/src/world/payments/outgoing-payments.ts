import { randomBytes } from 'node:crypto';
import { CommandError, ErrorCode } from '../../commands/errors.ts';
import { isOurs, largestMsat, type Channel } from '../channel.ts';
import type { ChannelStore } from '../channel-store.ts';
import type { WorldContext } from '../context.ts';
import { noRouteReason } from '../no-route-reason.ts';
import { OURS, type WorldNode, type WorldNodes } from '../nodes.ts';
import type { PaymentStore } from '../payment-store.ts';
import { carriesMsat, findRoute, type Hop, type RouteRequest } from '../routes.ts';
import type { OutgoingParts } from './outgoing-parts.ts';
import {
  failedOutcome,
  type PaymentGroup,
  type PaymentOutcome,
  type PaymentRequest,
  type PlannedPart,
} from './payment-request.ts';
import type { SelfPayments } from './self-payments.ts';
import { splitOverRoutes } from './split.ts';

interface Parts {
  readonly context: WorldContext;
  readonly channels: ChannelStore;
  readonly nodes: WorldNodes;
  readonly parts: OutgoingParts;
  readonly self: SelfPayments;
  readonly store: PaymentStore;
  /** The channels that can carry payments now. */
  readonly usable: () => Channel[];
}

/** Finds the routes of payments that we send: one route if possible, else several. */
export class OutgoingPayments {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  send(request: PaymentRequest): PaymentOutcome {
    const { context, nodes, self } = this.#parts;
    // One payment has one group, whose parts are its attempts.
    const groupId =
      request.again?.groupId ??
      (request.preimage === undefined ? randomBytes(8).readBigUInt64BE() >> 1n : 0n);
    const group = { started: context.clock.now(), groupId };
    if (request.destination === context.keys.id) return self.send(request, group);
    const destination = nodes.byId(request.destination);
    if (destination === undefined) {
      // lightningd looks for the source first: without channels, it is not in the graph.
      return noRoute(
        this.#parts.usable().some(isOurs)
          ? unknownDestination(request)
          : `Unknown source node ${context.keys.id}`,
      );
    }
    const busy = this.#inProgress(request);
    if (busy !== undefined) return failedOutcome(busy);
    const usable = this.#parts.usable();
    const single = this.#sendSingle(request, usable, destination, group);
    if (single.status !== 'failed' || single.error.code !== ErrorCode.payNoRoute) return single;
    return this.#sendSplit(request, usable, destination, group) ?? single;
  }

  /** lightningd rejects a second payment while one is pending. Callers can send parts of one payment. */
  #inProgress({
    paymentHash,
    amountMsat,
    totalMsat,
    again,
  }: PaymentRequest): CommandError | undefined {
    if (again !== undefined) return undefined;
    if (totalMsat !== undefined && amountMsat < totalMsat) return undefined;
    const pending = this.#parts.store
      .ofHash(paymentHash)
      .find(({ status }) => status === 'pending');
    return (
      pending &&
      new CommandError(
        ErrorCode.payInProgress,
        `Payment with groupid=${pending.groupId} still in progress, cannot retry before that completes.`,
      )
    );
  }

  /** Tries one route after the other. */
  #sendSingle(
    request: PaymentRequest,
    usable: readonly Channel[],
    destination: WorldNode,
    group: PaymentGroup,
  ): PaymentOutcome {
    // A payer does not know the balances of other nodes: it first assumes that they suffice, and retries.
    const assumedLimit = (channel: Channel, from: bigint): bigint =>
      isOurs(channel) ? carriesMsat(channel, from) : largestMsat(channel);
    let failed: CommandError | undefined;
    let tried: readonly Hop[] = [];
    for (const limit of [assumedLimit, carriesMsat]) {
      const route = findRoute(usable, { ...routeRequestOf(request, destination), limit });
      if (route?.[0] === undefined || isSameRoute(route, tried)) continue;
      tried = route;
      const excess = excessOf(request, [{ route, amountMsat: request.amountMsat }]);
      if (excess !== undefined) {
        failed ??= tooExpensive(excess);
        continue;
      }
      const partId =
        request.preimage === undefined
          ? this.#parts.store.nextPartId(request.paymentHash, group.groupId)
          : 0n;
      const part = { route, amountMsat: request.amountMsat, partId };
      const outcome = this.#parts.parts.send(request, [part], destination, group);
      if (outcome.status !== 'failed') return outcome;
      if (outcome.error.code === ErrorCode.payDestinationFailed) return outcome;
      failed = outcome.error;
    }
    return failed !== undefined && failed.code !== ErrorCode.payNoRoute
      ? failedOutcome(failed)
      : noRoute(this.#noRouteReason(request, usable, destination));
  }

  /** Several parts, if no single route can carry the amount. A keysend payment has only one. */
  #sendSplit(
    request: PaymentRequest,
    usable: readonly Channel[],
    destination: WorldNode,
    group: PaymentGroup,
  ): PaymentOutcome | undefined {
    if (request.preimage !== undefined) return undefined;
    const routed = splitOverRoutes(usable, routeRequestOf(request, destination));
    if (routed === undefined || routed.length < 2) return undefined;
    const excess = excessOf(request, routed);
    if (excess !== undefined) return failedOutcome(tooExpensive(excess));
    const firstPartId = this.#parts.store.nextPartId(request.paymentHash, group.groupId);
    const planned: PlannedPart[] = routed.map((part, index) =>
      Object.assign({}, part, { partId: firstPartId + BigInt(index) }),
    );
    return this.#parts.parts.send(request, planned, destination, group);
  }

  #noRouteReason(
    request: PaymentRequest,
    usable: readonly Channel[],
    destination: WorldNode,
  ): string {
    const all = this.#parts.channels
      .living()
      .filter((each) => each.state === 'CHANNELD_NORMAL' && isOurs(each));
    const mine = { all, usable: usable.filter(isOurs) };
    return noRouteReason(usable, mine, routeRequestOf(request, destination), this.#parts.nodes);
  }
}

/** In lightningd, the destination of an invoice of BOLT 12 is in its path finder: the end of the blinded paths. */
function unknownDestination({ destination, invstring }: PaymentRequest): string {
  return invstring?.startsWith('lni1') === true
    ? 'There is no connection between source and destination at all'
    : `Unknown destination node ${destination}`;
}

function routeRequestOf(
  { amountMsat, finalDelay, again }: PaymentRequest,
  { number }: WorldNode,
): RouteRequest {
  return { from: OURS, to: number, amountMsat, finalDelay, learned: again?.learned };
}

/** What exceeds the limits of the request. */
function excessOf(
  { amountMsat, maxFeeMsat, maxDelay }: PaymentRequest,
  parts: readonly Omit<PlannedPart, 'partId'>[],
): 'cost' | 'delays' | undefined {
  const sent = parts.reduce((sum, { route }) => sum + (route[0]?.amountMsat ?? 0n), 0n);
  if (sent - amountMsat > maxFeeMsat) return 'cost';
  return parts.some(({ route }) => (route[0]?.delay ?? 0) > maxDelay) ? 'delays' : undefined;
}

function tooExpensive(excess: 'cost' | 'delays'): CommandError {
  return new CommandError(
    ErrorCode.payTooExpensive,
    `Failed: Could not find route without excessive ${excess}`,
  );
}

function noRoute(reason: string): PaymentOutcome {
  return failedOutcome(new CommandError(ErrorCode.payNoRoute, `Failed: ${reason}`));
}

function isSameRoute(a: readonly Hop[], b: readonly Hop[]): boolean {
  return (
    a.length === b.length && a.every(({ channel }, index) => channel.key === b[index]?.channel.key)
  );
}
