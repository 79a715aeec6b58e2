import { isUtf8 } from 'node:buffer';
import { JsonSyntaxError, type JsonToken, member, parseMessage } from '@clnrest/json/tokens';
import { CommandoErrorCode } from '@clnrest/commando/peer';
import { RpcError } from '@clnrest/lightningd';
import type { NodeWith } from '../node.ts';
import { rune as runeParser, UNREADABLE_PARAMS, unlessUnreadable } from '../params/runes.ts';

/** Reading a longer rune would keep others waiting: each restriction takes microseconds. Over REST, runes are shorter. */
const MAX_RUNE_LENGTH = 65_536;
const LONG_RUNE = `Rune is longer than ${MAX_RUNE_LENGTH} characters`;

/** The reply contains the id, and must be JSON. lightningd's parser accepts any text that begins as one of these. */
const JSON_SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;

/** A command that a peer may run. */
export interface PermittedCommand {
  /** A JSON-RPC request. */
  readonly request: string;
}

/** The reply to a command that does not run. */
export class CommandoRefusal extends Error {
  override readonly name = 'CommandoRefusal';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads a command of a peer, and checks its rune with the peer's id, in lightningd's order and words.
 *
 * @throws CommandoRefusal
 */
export function readCommand(
  bytes: Buffer,
  peerId: string,
  node: NodeWith<'runes'>,
): PermittedCommand {
  const token = parse(bytes);
  if (token.type !== 'object') throw refused('Not a JSON object');
  const method = member(token, 'method');
  if (method === undefined) throw refused('No method');
  const params = member(token, 'params');
  if (params !== undefined && params.type !== 'object' && params.type !== 'array') {
    throw refused('Params must be object or array');
  }
  const id = member(token, 'id');
  if (id === undefined) throw refused('missing id field');
  if (id.type === 'primitive' && !JSON_SCALAR.test(id.raw)) throw refused('Invalid JSON');
  const rune = member(token, 'rune');
  if (rune === undefined) throw refused('Missing rune');
  checkRune(rune, { nodeId: peerId, method: method.text, params: params?.raw }, node);
  const filter = member(token, 'filter');
  const tail = filter === undefined ? '' : `,"filter":${filter.raw}`;
  return {
    request: `{"jsonrpc":"2.0","id":${id.raw},"method":${method.raw},"params":${params?.raw ?? '{}'}${tail}}`,
  };
}

function parse(bytes: Buffer): JsonToken {
  if (!isUtf8(bytes)) throw refused('Invalid JSON');
  try {
    return parseMessage(bytes.toString());
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw refused('Invalid JSON');
    throw error;
  }
}

interface CheckedCall {
  readonly nodeId: string;
  readonly method: string;
  readonly params: string | undefined;
}

function checkRune(token: JsonToken, call: CheckedCall, { runes }: NodeWith<'runes'>): void {
  if (token.raw.length > MAX_RUNE_LENGTH) throw refused(LONG_RUNE);
  const rune = readRune(token);
  const refusal = unlessUnreadable(() => runes.refusalOrUse(rune, call));
  if (refusal === UNREADABLE_PARAMS) throw refused(refusal);
  if (refusal !== undefined) throw refusedRune(refusal.message);
}

function readRune(token: JsonToken) {
  try {
    return runeParser(token, 'rune').rune;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    // commando reads the rune, and checkrune its unique id.
    if (error.message.includes('base64')) throw refused('Invalid rune');
    throw refusedRune(error.message);
  }
}

function refused(message: string): CommandoRefusal {
  return new CommandoRefusal(CommandoErrorCode.remote, message);
}

function refusedRune(message: string): CommandoRefusal {
  return new CommandoRefusal(CommandoErrorCode.remoteRune, `Invalid rune: ${message}`);
}
