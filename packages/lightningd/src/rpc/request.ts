import { encodeJson } from '../json/encode.ts';
import type { CallOptions, Params } from './call.ts';
import { InvalidRequestError } from './errors.ts';

/**
 * The text of one request. It needs no terminator (observed on lightningd v26.06.6).
 *
 * Texts given by the caller are parsed once, though only to be sure of them: one JSON value cannot
 * smuggle a second request onto the socket, which may do everything that the node's owner may.
 */
export function requestText(
  id: string,
  method: string,
  params: Params | undefined,
  filter: string | undefined,
): string {
  if (method === '') throw new InvalidRequestError('the method has no name');
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}`;
  const tail = filter === undefined ? '' : `,"filter":${checkedText(filter, 'filter')}`;
  return `${head},"params":${paramsText(params)}${tail}}`;
}

/** Parameters as JSON text. lightningd wants some even where there are none. */
export function paramsText(params: Params | undefined): string {
  if (params === undefined) return '{}';
  if (typeof params === 'string') return checkedText(params, 'params');
  try {
    return encodeJson(params);
  } catch (cause) {
    throw new InvalidRequestError('params cannot be written as JSON', { cause });
  }
}

function checkedText(text: string, name: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    // The parser's message quotes the text, which may hold a secret: it stays in the cause.
    throw new InvalidRequestError(`${name} is not JSON text`, { cause });
  }
}

/** Makes ids as lightningd documents them, so that they can be followed through the node's log. */
export class RequestIds {
  readonly #prefix: string;
  #count = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  next(method: string, options: CallOptions | undefined): string {
    if (options?.id !== undefined) return options.id;
    this.#count++;
    return `${this.#prefix}:${method}#${this.#count}`;
  }
}
