import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { JsonToken } from '../json/token.ts';

/**
 * lightningd's error for an invalid parameter, with the offending text verbatim.
 *
 * lightningd returns the text in developer mode only, and otherwise writes it to the log. The sandbox
 * always returns the text: it is for development, and a log must not contain a rune.
 */
export function invalidToken(name: string, complaint: string, token: JsonToken): CommandError {
  return new CommandError(
    ErrorCode.invalidParams,
    `${name}: ${complaint}: invalid token '${token.raw}'`,
  );
}
