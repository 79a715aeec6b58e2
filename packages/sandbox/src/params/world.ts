import type { JsonToken } from '../json/token.ts';
import type { Outpoint } from '../world/transaction.ts';
import { millisatoshi } from './amounts.ts';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';
import { bytesOfHex } from './texts.ts';

/** An amount in satoshi: `1000`, `"1000000msat"` or `"0.1btc"`. */
export const satoshi: Parser<bigint> = (token, name) => {
  const plain = /^[0-9]+$/.test(token.text) ? `${token.text}sat` : token.text;
  const amount = millisatoshi(plain);
  if (amount === undefined || amount % 1000n !== 0n) {
    throw invalidToken(name, 'should be a satoshi amount', token);
  }
  return amount / 1000n;
};

export const satoshiOrAll: Parser<bigint | 'all'> = (token, name) => {
  if (token.text === 'all') return 'all';
  try {
    return satoshi(token, name);
  } catch {
    throw invalidToken(name, "should be a satoshi amount or 'all'", token);
  }
};

/** A percentage, in millionths: 0.5 is 5000. */
export const percent: Parser<bigint> = (token, name) => {
  const [, whole = '', decimals = ''] = /^([0-9]{1,9})(?:\.([0-9]{1,12}))?$/.exec(token.text) ?? [];
  if (whole === '') throw invalidToken(name, 'should be a positive floating-point number', token);
  return BigInt(whole + decimals.padEnd(4, '0').slice(0, 4));
};

/** Outpoints as `["txid:output", …]`. */
export const outpoints: Parser<Outpoint[]> = (token, name) => {
  const outpoint = (item: JsonToken): Outpoint => {
    const [, txid = '', vout = ''] = /^([0-9a-fA-F]{64}):([0-9]{1,9})$/.exec(item.text) ?? [];
    const bytes = bytesOfHex(txid);
    if (bytes?.length !== 32) throw invalidToken(name, 'should be a txid:outnum', item);
    return { txid: bytes, vout: Number(vout) };
  };
  if (token.type !== 'array') throw invalidToken(name, 'should be an array', token);
  return token.items.map(outpoint);
};

/** The name of a node of the world. */
export const nodeName: Parser<string> = (token, name) => {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(token.text) || token.text === 'us') {
    throw invalidToken(name, 'should be a name of lower-case letters and digits', token);
  }
  return token.text;
};
