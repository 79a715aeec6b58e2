import type { RpcError } from '@clnrest/lightningd';
import { CommandError } from '../commands/errors.ts';
import { isScalar, writeJson, type CommandResult, type JsonOutput } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import type { ReplyFilter } from './reply-filter.ts';

/** Characters of each piece of a long reply, approximately. */
const PIECE_LENGTH = 65_536;
const END = '\n\n';

/** The text of an error reply. */
export function errorReply(id: string, error: RpcError): string {
  const { code, message } = error;
  const data = error instanceof CommandError ? error.data : undefined;
  const tail = data === undefined ? '' : `,"data":${writeJson(data)}`;
  return `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${quote(message)}${tail}}}${END}`;
}

/**
 * The text of a reply. A result with a streamed member is returned as a generator, which creates each piece when the
 * client has room for it.
 *
 * @param filter - selects members of the result
 */
export function resultReply(
  id: string,
  result: CommandResult,
  filter: ReplyFilter | undefined,
): string | Generator<string> {
  const pieces = resultPieces(id, result, filter);
  return Object.values(result).some((value) => value !== undefined && isStreamed(value))
    ? pieces
    : [...pieces].join('');
}

function* resultPieces(
  id: string,
  result: CommandResult,
  filter: ReplyFilter | undefined,
): Generator<string> {
  let text = `{"jsonrpc":"2.0","id":${id},"result":{`;
  let separator = '';
  for (const name of Object.keys(result)) {
    const value = result[name];
    if (value === undefined) continue;
    if (!isStreamed(value)) {
      const kept = filter === undefined ? value : filter.member(name, value);
      if (kept === undefined) continue;
      text += `${separator}${quote(name)}:${writeJson(kept)}`;
      separator = ',';
      continue;
    }
    const inner = filter === undefined ? 'everything' : filter.into(name);
    if (inner === undefined) continue;
    text += `${separator}${quote(name)}:[`;
    separator = ',';
    let itemSeparator = '';
    for (const item of value) {
      const kept = inner === 'everything' ? item : inner.item(item);
      if (kept === undefined) continue;
      text += itemSeparator + writeJson(kept);
      itemSeparator = ',';
      if (text.length >= PIECE_LENGTH) {
        yield text;
        text = '';
      }
    }
    text += ']';
  }
  const mismatch = filter?.mismatch();
  if (mismatch !== undefined) text += `${separator}"warning_parameter_filter":${quote(mismatch)}`;
  yield `${text}}}${END}`;
}

function isStreamed(value: JsonOutput | Iterable<JsonOutput>): value is Iterable<JsonOutput> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isScalar(value as JsonOutput) &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    Symbol.iterator in value
  );
}
