import { type JsonToken, member } from '@clnrest/json/tokens';
import {
  invalidToken,
  millisatoshi,
  nodeIdOf,
  type Parser,
  shortChannelIdOf,
  unsignedInteger,
} from '@clnrest/lightningd/parameters';

/** A hop of a route, as `getroute` and `getroutes` return it. */
export interface GivenHop {
  readonly scid: string;
  readonly nodeId: string;
  readonly amountMsat: bigint;
  readonly delay: number;
}

const MAX_U32 = 2n ** 32n - 1n;

/** The hops of `sendpay`, in the order of lightningd's checks. */
export const routeHops: Parser<readonly GivenHop[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'must be an array', token);
  return token.items.map((hop) => {
    const read = <T>(
      names: readonly [string, string],
      of: (text: string) => T | undefined,
      problem: string,
    ): T => {
      const given = either(hop, name, names);
      const value = of(given.text);
      if (value === undefined) throw invalidToken(name, problem, given);
      return value;
    };
    return {
      scid: read(['short_channel_id_dir', 'channel'], channelOf, 'bad short_channel_id'),
      nodeId: read(['node_id_out', 'id'], nodeIdOf, 'bad node_id'),
      amountMsat: read(['amount_out_msat', 'amount_msat'], millisatoshi, 'bad amount'),
      delay: read(['cltv_out', 'delay'], u32Of, 'bad cltv_out/delay'),
    };
  });
};

function either(hop: JsonToken, name: string, [one, other]: readonly [string, string]): JsonToken {
  const found = hop.type === 'object' ? (member(hop, one) ?? member(hop, other)) : undefined;
  if (found === undefined) throw invalidToken(name, `must have either ${one} or ${other}`, hop);
  return found;
}

/** The direction of a channel is not needed. */
function channelOf(text: string): string | undefined {
  return shortChannelIdOf(text.replace(/\/[01]$/, ''));
}

function u32Of(text: string): number | undefined {
  const value = unsignedInteger(text);
  return value !== undefined && value <= MAX_U32 ? Number(value) : undefined;
}
