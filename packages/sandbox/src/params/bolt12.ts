import type { JsonToken } from '@clnrest/json/tokens';
import { type Bip353Name, Bolt12Error, decodeOffer, type Offer } from '@clnrest/runes/bolt12';
import { invalidToken, type ParamsToken, type Parser } from '@clnrest/lightningd/parameters';
import { hasChain } from '../bolt12/chain.ts';
import type { Network } from '../options/network.ts';

/** An offer (`lno1…`) of any chain. */
export const offer: Parser<Offer> = (token, name) => {
  try {
    return decodeOffer(token.text);
  } catch (error) {
    if (!(error instanceof Bolt12Error)) throw error;
    throw invalidToken(name, `Unparsable offer: ${error.message}`, token);
  }
};

/** The name that an offer was resolved from: `₿user@domain`. */
export const bip353: Parser<Bip353Name> = ({ text, ...token }, name) => {
  const at = text.indexOf('@');
  if (at < 0) throw invalidToken(name, 'missing @', { text, ...token });
  const local = text.slice(0, at).replace(/^₿/, '');
  return { name: Buffer.from(local), domain: Buffer.from(text.slice(at + 1)) };
};

/** @throws CommandError if the offer, which is the first parameter, is for another chain */
export function checkOfferChain({ values }: Offer, network: Network, params: ParamsToken): void {
  if (hasChain(values.offerChains, network)) return;
  throw invalidToken('offer', 'Unparsable offer: wrong chain', firstToken(params, 'offer'));
}

/** The token of the first parameter, by position or by name. */
export function firstToken(params: ParamsToken, name: string): JsonToken {
  const given =
    params.type === 'object' ? params.members.find(([key]) => key === name)?.[1] : params.items[0];
  return given ?? params;
}
