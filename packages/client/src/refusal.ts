import { readParameters, RuneSyntaxError } from '@clnrest/runes';
import { ClnrestError, type ClnrestErrorCode } from './errors.ts';

/** What the gateway says of an error, in either form: flat, or nested under `error`. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly dataText: string | undefined;
}

const NOT_AUTHORIZED = 1501;
const NOT_PERMITTED = 1502;
const BLACKLISTED = 1503;
const UNKNOWN_COMMAND = -32601;

/** Words of a gateway that is sure that nothing ran. */
const NOTHING_RAN =
  /^(?:The node cannot be reached|The node cannot check runes|Too many requests at once|The node does not answer)/;

/** Reads an envelope; nothing where the text is none. */
export function readEnvelope(text: string): Envelope | undefined {
  const members = membersOf(text);
  const inner = members?.get('error');
  const error = (inner === undefined ? undefined : membersOf(inner)) ?? members;
  const code: unknown = valueOf(error?.get('code'));
  const message: unknown = valueOf(error?.get('message'));
  if (!Number.isSafeInteger(code) || typeof message !== 'string') return undefined;
  return { code: Number(code), message, dataText: error?.get('data') };
}

/**
 * Answer that is no result → the error that it means.
 *
 * @param rune is taken out of words: the node quotes a rune that it can't read
 */
export function refusal(status: number, text: string, rune: string | undefined): ClnrestError {
  const envelope = readEnvelope(text);
  if (envelope === undefined) return withoutEnvelope(status);
  const code = codeOf(status, envelope);
  const message = withoutRune(envelope.message, rune);
  return new ClnrestError(code, message, {
    status,
    nodeCode: envelope.code,
    dataText: envelope.dataText,
    mayHaveRun: !NOTHING_RAN.test(message),
  });
}

/** The refusal of a rune, or what ended the listening, in a stream that had begun well. */
export function refusalInStream(text: string, rune: string | undefined): ClnrestError {
  const envelope = readEnvelope(text);
  if (envelope === undefined) {
    return new ClnrestError('connection_failed', 'The gateway ended the notifications');
  }
  const message = withoutRune(envelope.message, rune);
  const details = { nodeCode: envelope.code, dataText: envelope.dataText };
  return new ClnrestError(runeCodeOf(envelope) ?? 'busy', message, details);
}

function withoutEnvelope(status: number): ClnrestError {
  const message = `The server answers ${status}, without an error of the gateway's`;
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

function codeOf(status: number, envelope: Envelope): ClnrestErrorCode {
  if (status === 403 && envelope.code === NOT_AUTHORIZED) return 'rune_missing';
  // Only there: a command may fail with these numbers, too, such as checkrune.
  if (status === 401 || status === 403) return runeCodeOf(envelope) ?? 'rune_not_authorized';
  if (status === 404) {
    return envelope.code === UNKNOWN_COMMAND ? 'unknown_command' : 'request_refused';
  }
  if (status === 429 || status === 503) return 'busy';
  if (status >= 400 && status < 500) return 'request_refused';
  if (status === 502) return 'node_away';
  if (status === 504) return 'node_silent';
  return 'command_failed';
}

function runeCodeOf({ code, message }: Envelope): ClnrestErrorCode | undefined {
  switch (code) {
    case NOT_AUTHORIZED:
    case -32602:
      return 'rune_not_authorized';
    case NOT_PERMITTED:
      return isTooSoon(message) ? 'too_soon' : 'rune_not_permitted';
    case BLACKLISTED:
      return 'rune_blacklisted';
    default:
      return undefined;
  }
}

/** The reasons of all alternatives are joined; where one of them is the time, waiting helps. */
function isTooSoon(message: string): boolean {
  return message
    .replace(/^Not permitted: /, '')
    .split(' AND ')
    .includes('too soon');
}

function withoutRune(message: string, rune: string | undefined): string {
  return rune === undefined ? message : message.replaceAll(rune, '(hidden)');
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
