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

/** `POST /v1/<command>`. @throws {ClnrestError} `invalid_request` */
export function commandRequest(
  command: string,
  params: Params | undefined,
  filter?: object,
): ApiRequest {
  // Other characters could change the path.
  if (!/^[A-Za-z0-9_.-]+$/.test(command) || /^\.+$/.test(command)) {
    throw new ClnrestError(
      'invalid_request',
      'A method name can contain only letters, digits, -, _ and .',
    );
  }
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json',
    ...(filter !== undefined && { Filter: asciiJson(filter) }),
  };
  return { method: 'POST', path: `v1/${command}`, headers, body: bodyOf(params), command };
}

/** Headers are ASCII. */
function asciiJson(value: object): string {
  return stringifyJson(value).replaceAll(
    /[^ -~]/g,
    (character) => String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function bodyOf(params: Params | undefined): string | undefined {
  if (params === undefined) return undefined;
  const text = typeof params === 'string' ? params : stringifyJson(params);
  if (!/^\s*[{[]/.test(text)) {
    throw new ClnrestError('invalid_request', 'Parameters must be an object or an array');
  }
  return text;
}
