import { readParameters, RuneSyntaxError } from '@clnrest/runes';
import { ClnrestError, type ClnrestErrorCode } from './errors.ts';

/** The gateway's error envelope: flat, or nested under `error`. */
export interface ErrorEnvelope {
  readonly code: number;
  readonly message: string;
  readonly dataText: string | undefined;
}

const NOT_AUTHORIZED = 1501;
const NOT_PERMITTED = 1502;
/** The gateway's code if it cannot reach the node. */
const NODE_AWAY = -32000;
const BLACKLISTED = 1503;
const UNKNOWN_COMMAND = -32601;
const INVALID_PARAMS = -32602;

/** Messages with which the gateway states that nothing ran. */
const NOTHING_RAN =
  /^(?:The node cannot be reached|The node cannot check runes|Too many requests at once|The node does not answer)/;

/**
 * Reads an envelope; returns `undefined` if the text is not an envelope.
 *
 * @example
 * ```ts
 * import { readEnvelope } from '@clnrest/client/transport';
 *
 * readEnvelope('{"error":{"code":1502,"message":"Not permitted: too soon"}}')?.code // => 1502
 * readEnvelope('{"code":206,"message":"","data":{"msat":9007199254740993}}')?.dataText // => '{"msat":9007199254740993}'
 * readEnvelope('<html>') // => undefined
 * ```
 */
export function readEnvelope(text: string): ErrorEnvelope | undefined {
  const members = membersOf(text);
  const inner = members?.get('error');
  const error = (inner === undefined ? undefined : membersOf(inner)) ?? members;
  const code: unknown = valueOf(error?.get('code'));
  const message: unknown = valueOf(error?.get('message'));
  if (!Number.isSafeInteger(code) || typeof message !== 'string') return undefined;
  return { code: Number(code), message, dataText: error?.get('data') };
}

/**
 * Converts an error response to a {@link ClnrestError}.
 *
 * @param rune is removed from the message, since the node quotes a rune that it cannot read
 */
export function errorFromResponse(
  status: number,
  text: string,
  rune: string | undefined,
): ClnrestError {
  const envelope = readEnvelope(text);
  if (envelope === undefined) return withoutEnvelope(status);
  const code = codeOf(status, envelope);
  const message = shownMessage(envelope.message, rune);
  return new ClnrestError(code, message, {
    status,
    nodeCode: envelope.code,
    dataText: envelope.dataText,
    mayHaveRun: envelope.code !== INVALID_PARAMS && !NOTHING_RAN.test(message),
  });
}

/** Converts a `closed` event, with which the server ends an event stream, to a {@link ClnrestError}. */
export function errorFromEvent(text: string, rune: string | undefined): ClnrestError {
  const envelope = readEnvelope(text);
  if (envelope === undefined) {
    return new ClnrestError('connection_failed', 'The gateway closed the event stream');
  }
  const message = withoutRune(envelope.message, rune);
  const details = { nodeCode: envelope.code, dataText: envelope.dataText };
  return new ClnrestError(runeErrorCode(envelope) ?? 'busy', message, details);
}

function withoutEnvelope(status: number): ClnrestError {
  const message = `The server returned HTTP status ${status} without the gateway's error format`;
  switch (status) {
    case 502:
      return new ClnrestError('node_away', message, { status });
    case 429:
    case 503:
      return new ClnrestError('busy', message, { status });
    case 504:
      return new ClnrestError('node_silent', message, { status });
    default:
      return new ClnrestError('malformed_answer', message, { status });
  }
}

function codeOf(status: number, envelope: ErrorEnvelope): ClnrestErrorCode {
  if (status === 403 && envelope.code === NOT_AUTHORIZED) return 'rune_missing';
  // Only for these statuses: a command such as checkrune can fail with the same numbers.
  if (status === 401 || status === 403) return runeErrorCode(envelope) ?? 'rune_not_authorized';
  if (status === 404) {
    return envelope.code === UNKNOWN_COMMAND ? 'unknown_command' : 'request_refused';
  }
  if (status === 503 && envelope.code === NODE_AWAY) return 'node_away';
  if (status === 429 || status === 503) return 'busy';
  if (status >= 400 && status < 500) return 'request_refused';
  if (status === 502) return 'node_away';
  if (status === 504) return 'node_silent';
  return 'command_failed';
}

/**
 * The code for an error of `checkrune`; `undefined` for any other error.
 *
 * @example
 * ```ts
 * import { runeErrorCode } from '@clnrest/client/transport';
 * runeErrorCode({ code: 1502, message: 'Not permitted: too soon' }) // => 'too_soon'
 * runeErrorCode({ code: -1, message: '' }) // => undefined
 * ```
 */
export function runeErrorCode({
  code,
  message,
}: Pick<ErrorEnvelope, 'code' | 'message'>): ClnrestErrorCode | undefined {
  switch (code) {
    case NOT_AUTHORIZED:
    case INVALID_PARAMS:
      return 'rune_not_authorized';
    case NOT_PERMITTED:
      return isTooSoon(message) ? 'too_soon' : 'rune_not_permitted';
    case BLACKLISTED:
      return 'rune_blacklisted';
    default:
      return undefined;
  }
}

/** The node joins the reasons of all alternatives. If one of them is `too soon`, waiting helps. */
function isTooSoon(message: string): boolean {
  return message
    .replace(/^Not permitted: /, '')
    .split(' AND ')
    .includes('too soon');
}

function withoutRune(message: string, rune: string | undefined): string {
  return rune === undefined ? message : message.replaceAll(rune, '(hidden)');
}

/**
 * A node's error message as this library shows it: without the rune, and without the hint for users of lightning-cli.
 *
 * @example
 * ```ts
 * import { shownMessage } from '@clnrest/client/transport';
 * shownMessage("invalid token '\"abc\"'", 'abc') // => "invalid token '\"(hidden)\"'"
 * ```
 */
export function shownMessage(message: string, rune: string | undefined): string {
  return withoutHint(withoutRune(message, rune));
}

/** lightningd explains an unknown parameter to users of lightning-cli. Here it was named as it is. */
function withoutHint(message: string): string {
  return message.replace(/^(unknown parameter: .*?), this may be caused by .*-k flag.*$/s, '$1');
}

function membersOf(text: string): ReadonlyMap<string, string> | undefined {
  try {
    const { kind, entries } = readParameters(text);
    if (kind !== 'object') return undefined;
    return new Map(entries.map(({ name, raw }) => [name, raw]));
  } catch (error) {
    if (error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}

function valueOf(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
