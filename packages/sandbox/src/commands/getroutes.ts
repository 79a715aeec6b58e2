import type { ArrayToken } from '@clnrest/json/tokens';
import {
  array,
  defaulted,
  developerOnly,
  invalidToken,
  msat,
  nodeId,
  oneOf,
  optional,
  type ParameterValues,
  type Parser,
  required,
  u32,
} from '@clnrest/lightningd/parameters';
import type { JsonObject } from '../json/output.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { directionFrom, isOurs, largestMsat, type Channel } from '../world/channel.ts';
import { shortestPathReason } from '../world/no-route-reason.ts';
import { OURS } from '../world/nodes.ts';
import { carriesMsat, findRoute, type Hop } from '../world/routes.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const MAX_DELAY = 2016n;
const MAX_PARTS = 100n;
/** The sandbox's channels never lack an amount that they seem to have, as far as the payer knows. */
const CERTAIN_PPM = 1_000_000;

/** The layers of lightningd itself, which describe what the sandbox's routes do anyway. */
const AUTOMATIC = new Set(['auto.localchans', 'auto.sourcefree', 'auto.no_mpp_support']);

/** The sandbox has no other layers. */
const noLayers: Parser<ArrayToken> = (token, name) => {
  const layers = array(token, name);
  const unknown = layers.items.find(({ text }) => !AUTOMATIC.has(text));
  if (unknown !== undefined) throw invalidToken(name, 'unknown layer', unknown);
  return layers;
};

const parameters = {
  source: required(nodeId),
  destination: required(nodeId),
  amount_msat: required(msat),
  layers: required(noLayers),
  maxfee_msat: required(msat),
  final_cltv: required(u32),
  maxdelay: defaulted(u32, MAX_DELAY),
  maxparts: defaulted(u32, MAX_PARTS),
  dev_algorithm: developerOnly(optional(oneOf(['default', 'single-path'], 'unknown algorithm'))),
};

type Values = ParameterValues<typeof parameters>;

/** Finds a route for a payment. The sandbox returns one route, and knows only automatic layers. */
export const getroutes = defineCommand({
  name: 'getroutes',
  parameters,
  validate({ amount_msat: amount, maxdelay }) {
    if (amount === 0n) throw new CommandError(ErrorCode.invalidParams, 'amount must be non-zero');
    if (maxdelay <= MAX_DELAY) return;
    throw new CommandError(ErrorCode.payUserError, `maximum delay allowed is ${MAX_DELAY}`);
  },
  run(values, { node }: CallWith<'identity' | 'world'>) {
    const from = numberOf(values.source, 'source', node);
    const to = numberOf(values.destination, 'destination', node);
    const usable = node.world.payments.usable();
    const request = {
      from,
      to,
      amountMsat: values.amount_msat,
      finalDelay: Number(values.final_cltv),
    };
    const route = findRoute(usable, {
      ...request,
      limit: (channel, source) =>
        isOurs(channel) && source === OURS ? carriesMsat(channel, source) : largestMsat(channel),
    });
    if (route === undefined) throw noRoute(shortestPathReason(usable, request, node.world.nodes));
    checkLimits(values, route);
    return {
      probability_ppm: CERTAIN_PPM,
      routes: [
        {
          probability_ppm: CERTAIN_PPM,
          amount_msat: values.amount_msat,
          final_cltv: values.final_cltv,
          path: pathOf(route, node),
        },
      ],
    };
  },
});

function noRoute(message: string): CommandError {
  return new CommandError(ErrorCode.payNoRoute, message);
}

function numberOf(
  id: string,
  which: 'source' | 'destination',
  { identity, world }: NodeWith<'identity' | 'world'>,
): bigint {
  const number = id === identity.id ? OURS : world.nodes.byId(id)?.number;
  const hasChannel = (channel: Channel): boolean =>
    channel.opener === number || channel.other === number;
  if (number !== undefined && world.payments.usable().some(hasChannel)) return number;
  throw noRoute(`Unknown ${which} node ${id}`);
}

function checkLimits(
  { amount_msat: amount, maxfee_msat: maxFee, maxdelay, maxparts }: Values,
  route: Hop[],
): void {
  const [first] = route;
  if (first === undefined) return;
  const excess =
    first.amountMsat - amount > maxFee
      ? 'cost'
      : BigInt(first.delay) > maxdelay
        ? 'delays'
        : undefined;
  if (excess !== undefined) {
    const message = `Could not find route without excessive ${excess}`;
    throw new CommandError(ErrorCode.payTooExpensive, message);
  }
  if (maxparts === 0n) throw noRoute('Failed to reduce 1 flows down to maxparts (0)');
}

/** Each hop with what its node receives and sends on. The amount that arrives includes the fee of the next node. */
function pathOf(route: readonly Hop[], { world }: NodeWith<'world'>): JsonObject[] {
  return route.map((hop) => {
    const [source, target] = [world.nodes.idOf(hop.from), world.nodes.idOf(hop.to)];
    return {
      short_channel_id_dir: `${hop.channel.scid}/${directionFrom(source, target)}`,
      node_id_in: source,
      node_id_out: target,
      amount_in_msat: hop.amountMsat,
      amount_out_msat: hop.amountMsat,
      cltv_in: hop.delay,
      cltv_out: hop.delay,
      next_node_id: target,
      amount_msat: hop.amountMsat,
      delay: hop.delay,
    };
  });
}
