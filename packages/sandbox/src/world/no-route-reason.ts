import {
  announcedPolicy,
  type Channel,
  directionFrom,
  routingFee,
  spendableMsat,
} from './channel.ts';
import { OURS, type WorldNodes } from './nodes.ts';
import {
  carriesMsat,
  findRoute,
  type Hop,
  knownLimits,
  type LearnedLimits,
  type RouteRequest,
  sideOf,
} from './routes.ts';

const START = 'We could not find a usable set of paths.';
const DISABLED = 'marked disabled by layer xpay.';

/** The error text of lightningd's path finder for a route that does not exist. */
export function noRouteReason(
  channels: readonly Channel[],
  mine: { readonly all: readonly Channel[]; readonly usable: readonly Channel[] },
  request: RouteRequest,
  nodes: WorldNodes,
): string {
  if (mine.all.length > 0 && mine.usable.length === 0) {
    return `${START} All ${mine.all.length} channels to the source are disabled.`;
  }
  const capacity = mine.usable.reduce((sum, { capacitySat }) => sum + capacitySat * 1000n, 0n);
  if (capacity < request.amountMsat) {
    return `${START} Total source capacity is only ${capacity}msat (in ${mine.usable.length} channels).`;
  }
  return shortestPathReason(channels, request, nodes);
}

/** Why the shortest path cannot carry the payment. */
export function shortestPathReason(
  channels: readonly Channel[],
  request: RouteRequest,
  nodes: WorldNodes,
): string {
  const shortest = findRoute(channels, {
    ...request,
    amountMsat: 0n,
    limit: () => 1n << 62n,
    respects: 'no limit',
  });
  if (shortest === undefined) {
    return 'There is no connection between source and destination at all';
  }
  const path = shortest.map(({ channel }) => channel.scid).join('->');
  const blamed = firstRejection(shortest, request) ?? attempted(shortest);
  if (blamed === undefined) return START;
  const { hop, reason } = blamed;
  const direction = directionFrom(nodes.idOf(hop.from), nodes.idOf(hop.to));
  return `${START} The shortest path is ${path}, but ${hop.channel.scid}/${direction} ${reason}`;
}

interface Blamed {
  readonly hop: Hop;
  readonly reason: string;
}

/** The first channel of a path that cannot carry the amount with the fees of the nodes behind it. */
function firstRejection(
  path: readonly Hop[],
  { amountMsat, learned }: RouteRequest,
): Blamed | undefined {
  let first: Blamed | undefined;
  let carried = amountMsat;
  for (const hop of path.toReversed()) {
    const reason = learnedReason(hop, carried, learned) ?? rejectionReason(hop, carried);
    if (reason !== undefined) first = { hop, reason };
    carried += routingFee(carried, announcedPolicy(hop.channel, hop.from));
  }
  return first;
}

/** What an earlier attempt has shown. */
function learnedReason(
  { channel, from }: Hop,
  amountMsat: bigint,
  learned: LearnedLimits | undefined,
): string | undefined {
  const most = learned?.get(sideOf(channel, from));
  if (most === undefined || amountMsat <= most) return undefined;
  return most < 0n ? DISABLED : `layer xpay says max is ${most}msat`;
}

function rejectionReason({ channel, from }: Hop, amountMsat: bigint): string | undefined {
  if (from === OURS && spendableMsat(channel, from) < amountMsat) {
    return `layer auto.localchans says max is ${spendableMsat(channel, from)}msat`;
  }
  const { minimumMsat, maximumMsat } = knownLimits(channel, from);
  if (amountMsat > maximumMsat || carriesMsat(channel, from) < amountMsat) {
    return `exceeds htlc_maximum_msat ~${maximumMsat}msat`;
  }
  return amountMsat < minimumMsat ? `below htlc_minumum_msat ~${minimumMsat}msat` : undefined;
}

/** The payment was attempted on the last channel and failed. */
function attempted(path: readonly Hop[]): Blamed | undefined {
  const hop = path.at(-1);
  return hop && { hop, reason: DISABLED };
}
