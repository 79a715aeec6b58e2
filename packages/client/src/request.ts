import { ClnrestError } from './errors.ts';
import { stringifyJson } from './stringify.ts';
import type { TransportRequest } from './transport/transport.ts';

/**
 * Parameters of a command: an object (by name), an array (by position), or JSON text, which is sent unchanged.
 * Bigints are written as their digits.
 */
export type Params = string | object;

/** A request without the server's URL and the rune. */
export interface ApiRequest extends Pick<TransportRequest, 'method' | 'body'> {
  /** Relative to the client's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The command that the rune must allow; `undefined` if the request requires no rune. */
  readonly command: string | undefined;
}

/** A call of a command, whatever its transport. */
export interface CommandCall {
  readonly method: string;
  /** JSON text of an object or an array. */
  readonly params: string | undefined;
  /** JSON text of an object: the members of the result to return. */
  readonly filter: string | undefined;
}

/** @throws {ClnrestError} `invalid_request` */
export function commandCall(
  method: string,
  params: Params | undefined,
  filter?: object,
): CommandCall {
  // Other characters could change the path of a REST request.
  if (!/^[A-Za-z0-9_.-]+$/.test(method) || /^\.+$/.test(method)) {
    throw new ClnrestError(
      'invalid_request',
      'A method name can contain only letters, digits, -, _ and .',
    );
  }
  const filterText = filter === undefined ? undefined : stringifyJson(filter);
  return { method, params: paramsText(params), filter: filterText };
}

/** `POST /v1/<command>`. */
export function commandRequest({ method, params, filter }: CommandCall): ApiRequest {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    ...(filter !== undefined && { Filter: asciiJson(filter) }),
  };
  return { method: 'POST', path: `v1/${method}`, headers, body: params, command: method };
}

/** Headers are ASCII. */
function asciiJson(json: string): string {
  return json.replaceAll(
    /[^ -~]/g,
    (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `GET /v1/list-methods`. */
export const METHODS_REQUEST: ApiRequest = {
  method: 'GET',
  path: 'v1/list-methods',
  headers: { Accept: 'application/json' },
  body: undefined,
  command: undefined,
};

function paramsText(params: Params | undefined): string | undefined {
  if (params === undefined) return undefined;
  const text = typeof params === 'string' ? params : stringifyJson(params);
  if (!/^\s*[{[]/.test(text)) {
    throw new ClnrestError('invalid_request', 'Parameters must be an object or an array');
  }
  return text;
}
