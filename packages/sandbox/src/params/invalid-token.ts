import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { JsonToken } from '../json/token.ts';

/**
 * lightningd's complaint about one parameter, with the offending text verbatim.
 *
 * A real node shows that text in developer mode alone, and otherwise points to its log. The
 * sandbox is for development, and a rune does not belong in a log, so it always answers so.
 */
export const invalidToken = (name: string, complaint: string, token: JsonToken): CommandError =>
  new CommandError(ErrorCode.invalidParams, `${name}: ${complaint}: invalid token '${token.raw}'`);
