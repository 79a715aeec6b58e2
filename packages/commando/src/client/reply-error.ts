import { ClnrestError, type ClnrestErrorCode } from '@clnrest/client';
import {
  type ErrorEnvelope,
  readEnvelope,
  runeErrorCode,
  shownMessage,
} from '@clnrest/client/transport';
import { CommandoErrorCode } from '../commando/messages.ts';

const UNKNOWN_COMMAND = -32601;
const INVALID_PARAMS = -32602;

/** Where an error comes from. */
export interface ReplyErrorContext {
  /** Removed from the message, since the node quotes a rune that it cannot read. */
  readonly rune: string | undefined;
  /**
   * The reply is the command's. commando's own replies have no `jsonrpc`; a command that commands a third node can return the
   * same codes.
   */
  readonly fromCommand: boolean;
}

/** Converts the text of a reply's `error` to a {@link ClnrestError}. */
export function errorFromReply(
  text: string,
  { rune, fromCommand }: ReplyErrorContext,
): ClnrestError {
  const envelope = readEnvelope(text);
  if (envelope === undefined) {
    return new ClnrestError('malformed_answer', 'The reply has an error without code or message');
  }
  const code = fromCommand ? commandErrorCode(envelope) : ownErrorCode(envelope);
  return new ClnrestError(code, shownMessage(envelope.message, rune), {
    nodeCode: envelope.code,
    dataText: envelope.dataText,
    mayHaveRun: fromCommand && envelope.code !== INVALID_PARAMS,
  });
}

function commandErrorCode({ code }: ErrorEnvelope): ClnrestErrorCode {
  return code === UNKNOWN_COMMAND ? 'unknown_command' : 'command_failed';
}

/** The plugin commando of the node did not run the command. */
function ownErrorCode({ code, message }: ErrorEnvelope): ClnrestErrorCode {
  if (code === CommandoErrorCode.remoteRune) return runeCode(message);
  if (code !== CommandoErrorCode.remote) return 'command_failed';
  if (message === 'Missing rune') return 'rune_missing';
  return message === 'Invalid rune' ? 'rune_not_authorized' : 'request_refused';
}

/** commando replaces the code of checkrune, whose message follows `Invalid rune: `. */
function runeCode(message: string): ClnrestErrorCode {
  const reason = message.replace(/^Invalid rune: /, '');
  return runeErrorCode({ code: checkruneCode(reason), message: reason }) ?? 'rune_not_authorized';
}

function checkruneCode(reason: string): number {
  if (reason.startsWith('Not permitted: ')) return 1502;
  return reason.startsWith('Not authorized: Blacklisted') ? 1503 : 1501;
}
