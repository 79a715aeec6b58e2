import { type Bip353Name, Bolt12Error, decodeOffer, type Offer } from '@clnrest/runes/bolt12';
import { invalidToken, type Parser } from '@clnrest/lightningd/parameters';

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
