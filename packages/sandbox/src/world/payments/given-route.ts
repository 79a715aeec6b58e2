import type { GivenHop } from '../../params/route.ts';
import {
  announcedFees,
  CLTV_DELTA,
  directionFrom,
  otherEnd,
  routingFee,
  type Channel,
} from '../channel.ts';
import { OURS, type WorldNodes } from '../nodes.ts';
import type { Hop } from '../routes.ts';
import type { FailureAt } from './payment-request.ts';

/** A route that the caller of `sendpay` chose, as far as it exists, and the failure where it does not. */
export interface GivenRoute {
  readonly route: readonly Hop[];
  readonly failure: FailureAt | undefined;
}

/** Follows a route through the channels. */
export function followRoute(
  given: readonly GivenHop[],
  channels: readonly Channel[],
  nodes: WorldNodes,
): GivenRoute {
  const route: Hop[] = [];
  let from = OURS;
  for (const [index, { scid, nodeId, amountMsat, delay }] of given.entries()) {
    const channel = channels.find(
      (each) => each.scid === scid && (each.opener === from || each.other === from),
    );
    const to = channel === undefined ? undefined : otherEnd(channel, from);
    if (channel === undefined || to === undefined || nodes.idOf(to) !== nodeId) {
      const next = { channel: scid, direction: directionFrom(nodes.idOf(from), nodeId) };
      return { route, failure: { failure: 'unknown_next_peer', index, next } };
    }
    const before = route.at(-1);
    route.push({ channel, from, to, amountMsat, delay });
    const feeMsat = routingFee(amountMsat, announcedFees(channel, from));
    if (before !== undefined && before.amountMsat < amountMsat + feeMsat) {
      return { route, failure: { failure: 'fee_insufficient', index } };
    }
    if (before !== undefined && before.delay < delay + CLTV_DELTA) {
      return { route, failure: { failure: 'incorrect_cltv_expiry', index } };
    }
    from = to;
  }
  return { route, failure: undefined };
}
