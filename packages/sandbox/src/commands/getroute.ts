import {
  defaulted,
  msat,
  nodeId,
  number,
  optional,
  required,
} from '@clnrest/lightningd/parameters';
import type { CallWith, NodeWith } from '../node.ts';
import { exclusions } from '../params/exclusions.ts';
import { percent } from '../params/world.ts';
import { directionFrom, isOurs, largestMsat, type Channel } from '../world/channel.ts';
import { OURS } from '../world/nodes.ts';
import { carriesMsat, findRoute } from '../world/routes.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const MAX_HOPS = 20;

function nodeNumber(node: NodeWith<'identity' | 'world'>, id: string, what: string): bigint {
  if (id === node.identity.id && node.world.payments.usable().some(isOurs)) return OURS;
  const found = node.world.nodes.byId(id);
  if (found !== undefined) return found.number;
  throw new CommandError(
    ErrorCode.invalidParams,
    `${id}: unknown ${what} node_id (no public channels?)`,
  );
}

export const getroute = defineCommand({
  name: 'getroute',
  parameters: {
    id: required(nodeId),
    amount_msat: required(msat),
    riskfactor: required(percent),
    cltv: defaulted(number, 9),
    fromid: optional(nodeId),
    fuzzpercent: optional(percent),
    exclude: optional(exclusions),
    maxhops: defaulted(number, MAX_HOPS),
  },
  run(
    { id, amount_msat: amountMsat, cltv, fromid, exclude, maxhops },
    { node }: CallWith<'identity' | 'world'>,
  ) {
    const from = nodeNumber(node, fromid ?? node.identity.id, 'source');
    const to = nodeNumber(node, id, 'destination');
    if (from === to) return { route: [] };
    const excluded = new Set(exclude);
    const idOf = (number: bigint): string => node.world.nodes.idOf(number);
    const limit = (channel: Channel, source: bigint): bigint => {
      const other = channel.opener === source ? channel.other : channel.opener;
      const direction = `${channel.scid}/${directionFrom(idOf(source), idOf(other))}`;
      if (excluded.has(direction) || excluded.has(idOf(source))) return -1n;
      return source === OURS && isOurs(channel)
        ? carriesMsat(channel, source)
        : largestMsat(channel);
    };
    const usable = node.world.payments.usable();
    const route = findRoute(usable, {
      from,
      to,
      amountMsat,
      finalDelay: cltv,
      limit,
      maximumHops: maxhops,
    });
    if (route === undefined) {
      const longer = findRoute(usable, { from, to, amountMsat, finalDelay: cltv, limit });
      if (longer !== undefined) {
        throw new CommandError(ErrorCode.payNoRoute, `Shortest route was ${longer.length}`);
      }
      throw new CommandError(ErrorCode.payNoRoute, 'Could not find a route');
    }
    return {
      route: route.map((hop) => ({
        id: idOf(hop.to),
        channel: hop.channel.scid ?? '',
        direction: directionFrom(idOf(hop.from), idOf(hop.to)),
        amount_msat: hop.amountMsat,
        delay: hop.delay,
        style: 'tlv',
      })),
    };
  },
});
