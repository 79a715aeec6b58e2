import { INVALID_PARAMS } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import type { JsonToken } from '@clnrest/json/tokens';

/**
 * Creates lightningd's error for an invalid parameter, with the offending text verbatim.
 *
 * lightningd returns the text in developer mode only, and otherwise writes it to the log. This library always returns the
 * text to the caller, who sent it: a log must not contain a rune.
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { invalidToken, type Parser } from '@clnrest/lightningd/parameters';
 * const percent: Parser<number> = (token, name) => {
 *   const value = Number(token.text);
 *   if (!(value >= 0 && value <= 100)) throw invalidToken(name, 'should be a percentage', token);
 *   return value;
 * };
 * percent(parseToken('2.5'), 'fee') // => 2.5
 * const error = await Promise.resolve(parseToken('"x"')).then((token) => percent(token, 'fee')).catch((reason) => reason);
 * error.message // => `fee: should be a percentage: invalid token '"x"'`
 * error.code // => -32602
 * ```
 */
export function invalidToken(name: string, complaint: string, token: JsonToken): RpcError {
  return new RpcError(INVALID_PARAMS, `${name}: ${complaint}: invalid token '${token.raw}'`);
}
