import type { JsonToken } from '@clnrest/json/tokens';
import type { Parser } from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Amount } from '../world/coin-selection.ts';
import { satoshiOrAll } from './world.ts';

/** A wanted output. */
export interface WantedOutput {
  readonly address: string;
  readonly amount: Amount;
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** The first member of an object; undefined for anything else, and for an empty object. */
function memberOf(token: JsonToken): readonly [name: string, value: JsonToken] | undefined {
  return token.type === 'object' ? token.members[0] : undefined;
}

/** The outputs of `txprepare`: `[{address: amount}, …]`. */
export const preparedOutputs: Parser<WantedOutput[]> = (token) => {
  if (token.type !== 'array') {
    throw invalid(
      `Expected an array of outputs in the format '[{"txid":0}, ...]', got "${token.text}"`,
    );
  }
  const outputs = token.items.map((item) => {
    if (item.type !== 'object') throw invalid('The output format must be {destination: amount}');
    const member = memberOf(item);
    if (member === undefined) throw invalid('Could not parse destination address');
    return outputOf(member, (amount) => `'${amount.text}' is a invalid satoshi amount`);
  });
  if (outputs.filter(({ amount }) => amount === 'all').length > 1) {
    throw invalid("Cannot use 'all' in two outputs");
  }
  return outputs;
};

/** The outputs of `multiwithdraw`, in the same format, but with other errors. */
export const withdrawnOutputs: Parser<WantedOutput[]> = (token, name) => {
  const malformed = (): CommandError =>
    invalid(
      `'${name}' should be a non-empty array of '{"address": amount}' objects, got ${token.raw}`,
    );
  if (token.type !== 'array' || token.items.length === 0) throw malformed();
  const outputs = token.items.map((item) => {
    const member = memberOf(item);
    if (member === undefined || (item.type === 'object' && item.members.length !== 1)) {
      throw malformed();
    }
    return outputOf(member, (amount) => `'${name}' amount could not be parsed: ${amount.raw}`);
  });
  if (outputs.filter(({ amount }) => amount === 'all').length > 1) {
    throw invalid(`'${name}' cannot have more than one amount as "all"`);
  }
  return outputs;
};

function outputOf(
  [address, amount]: readonly [string, JsonToken],
  problem: (amount: JsonToken) => string,
): WantedOutput {
  try {
    return {
      address,
      amount: satoshiOrAll(amount, 'satoshi'),
    };
  } catch {
    throw invalid(problem(amount));
  }
}
