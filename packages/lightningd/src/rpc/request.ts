import { encodeJson } from '@clnrest/json';
import type { CallOptions, Params } from './call.ts';
import { InvalidRequestError } from './errors.ts';

/**
 * Writes one request. It needs no terminator (observed on lightningd v26.06.6).
 *
 * Texts from the caller are parsed once, to validate them: a text that is not one JSON value can smuggle
 * a second request onto the socket, which has all permissions of the node's owner.
 */
export function requestText(
  id: string,
  method: string,
  params: Params | undefined,
  filter: object | string | undefined,
): string {
  if (method === '') throw new InvalidRequestError('the name of the method is empty');
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}`;
  const tail = filter === undefined ? '' : `,"filter":${filterText(filter)}`;
  return `${head},"params":${paramsText(params)}${tail}}`;
}

/** Encodes parameters. lightningd requires `params`, even if they are empty. */
export function paramsText(params: Params | undefined): string {
  if (params === undefined) return '{}';
  if (typeof params === 'string') return checkedText(params, 'params');
  try {
    return encodeJson(params);
  } catch (cause) {
    throw new InvalidRequestError('params cannot be written as JSON', { cause });
  }
}

function filterText(filter: object | string): string {
  return typeof filter === 'string' ? checkedText(filter, 'filter') : encodeJson(filter);
}

function checkedText(text: string, name: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (cause) {
    // The parser's message quotes the text, which can contain a secret: it is only in the cause.
    throw new InvalidRequestError(`${name} is not valid JSON`, { cause });
  }
}

/** Generates ids in lightningd's documented format, so that the node's log shows where a call came from. */
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
