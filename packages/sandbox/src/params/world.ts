import type { JsonToken } from '@clnrest/json/tokens';
import {
  bytesOfHex,
  invalidToken,
  millisatoshi,
  type Parser,
  unsignedInteger,
} from '@clnrest/lightningd/parameters';
import type { Outpoint } from '../world/transaction.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';

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
    throw invalidToken(name, 'should be a satoshi amount', token);
  }
};

/** A percentage, in millionths: 0.5 is 5000. */
export const percent: Parser<bigint> = (token, name) => {
  const value = percentOf(token.text);
  if (value === undefined) {
    throw invalidToken(name, 'should be a non-negative floating-point number', token);
  }
  return value;
};

/** The same; undefined for any text that is not such a number. */
export function percentOf(text: string): bigint | undefined {
  const [, whole = '', decimals = ''] = /^([0-9]{1,9})(?:\.([0-9]{1,12}))?$/.exec(text) ?? [];
  return whole === '' ? undefined : BigInt(whole + decimals.padEnd(4, '0').slice(0, 4));
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** Outpoints as `["txid:output", …]`. */
export const outpoints: Parser<Outpoint[]> = (token, name) => {
  const outpoint = (item: JsonToken): Outpoint => {
    const [, txid = '', vout = ''] = /^([0-9a-fA-F]{64}):([0-9]{1,9})$/.exec(item.text) ?? [];
    const bytes = bytesOfHex(txid);
    if (bytes?.length !== 32) {
      throw invalid(`Could not decode outpoint "${item.raw}", expected format: txid:output`);
    }
    return { txid: bytes, vout: Number(vout) };
  };
  if (token.type !== 'array') {
    throw invalid(
      `Could not decode the outpoint array for ${name}: "${token.text}" is not a valid outpoint array.`,
    );
  }
  if (token.items.length === 0) {
    throw invalid(`Please specify an array of 'txid:output_index', not "${token.raw}"`);
  }
  return token.items.map(outpoint);
};

/** The feature bits of a channel type. */
export const channelType: Parser<readonly number[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'must be an array', token);
  return token.items.map((item) => {
    const bit = unsignedInteger(item.text);
    if (item.type !== 'primitive' || bit === undefined || bit >> 16n !== 0n) {
      throw invalidToken(name, 'must be a 16-bit integer', item);
    }
    return Number(bit);
  });
};

/** The name of a node of the world. */
export const nodeName: Parser<string> = (token, name) => {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(token.text) || token.text === 'us') {
    throw invalidToken(name, 'should be a name of lower-case letters and digits', token);
  }
  return token.text;
};
