import type { GivenHop } from '../../params/route.ts';
import {
  announcedPolicy,
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
    // Another sandbox decides itself, when the payment arrives there.
    const decides = from !== OURS && nodes.byNumber(from).member !== undefined;
    const feeMsat = routingFee(amountMsat, announcedPolicy(channel, from));
    from = to;
    if (before === undefined || decides) continue;
    if (before.amountMsat < amountMsat + feeMsat) {
      return { route, failure: { failure: 'fee_insufficient', index } };
    }
    if (before.delay < delay + CLTV_DELTA) {
      return { route, failure: { failure: 'incorrect_cltv_expiry', index } };
    }
  }
  return { route, failure: undefined };
}
