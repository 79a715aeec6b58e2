import type { JsonToken } from '@clnrest/json/tokens';
import {
  bytesOfHex,
  invalidToken,
  number,
  type Parser,
  unsignedInteger,
} from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { Psbt } from '../psbt/psbt.ts';
import type { Outpoint } from '../world/transaction.ts';

/** A PSBT in base64. Use it in a command of `withPsbts`. */
export const psbt: Parser<Psbt> = (token, name) => {
  const read = Psbt.parse(token.text);
  if (read === undefined) throw invalidToken(name, 'Expected a PSBT', token);
  return read;
};

/** A transaction id. */
export const txid: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be a txid', token);
  return bytes;
};

/** Positions of inputs. */
export const inputNumbers: Parser<number[]> = (token, name) => {
  if (token.type !== 'array') throw invalidToken(name, 'should be an array', token);
  return token.items.map((item) => number(item, name));
};

/** The outpoints of `utxopsbt`, whose errors differ from those of other commands. */
export const txouts: Parser<Outpoint[]> = (token) => {
  const invalid = (message: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, message);
  const outpoint = ({ text }: JsonToken): Outpoint => {
    const at = text.indexOf(':');
    if (at < 0) {
      throw invalid(
        `Could not decode the outpoint from "${text}" The utxos should be specified as 'txid:output_index'.`,
      );
    }
    const txid = bytesOfHex(text.slice(0, at));
    if (txid?.length !== 32) throw invalid(`Could not get a txid out of "${text.slice(0, at)}"`);
    const vout = unsignedInteger(text.slice(at + 1));
    if (vout === undefined || vout >> 32n !== 0n) {
      throw invalid(`Could not get a vout out of "${text.slice(at + 1)}"`);
    }
    return { txid, vout: Number(vout) };
  };
  if (token.type !== 'array' || token.items.length === 0) {
    throw invalid(`Please specify an array of 'txid:output_index', not "${token.text}"`);
  }
  return token.items.map(outpoint);
};
