import { ClnrestError } from './errors.ts';
import { encodeJson } from './json/encode.ts';
import type { TransportRequest } from './transport/transport.ts';

/**
 * Parameters of a command: an object (by name) or an array (by position), in which bigints are
 * written as their digits; or JSON text, which travels as it is.
 */
export type Params = string | object;

/** What a request says, all but where to and who. */
export interface Query extends Pick<TransportRequest, 'method' | 'body'> {
  /** Below the client's URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The command that the rune is judged for; nothing where none is needed. */
  readonly command: string | undefined;
}

/** `POST /v1/<command>`. @throws {ClnrestError} `invalid_request` */
export function commandQuery(command: string, params: Params | undefined): Query {
  // Anything else could leave the path that it is put into.
  if (!/^[A-Za-z0-9_.-]+$/.test(command) || /^\.+$/.test(command)) {
    throw new ClnrestError('invalid_request', 'A method has letters, digits, -, _ and . only');
  }
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  return { method: 'POST', path: `v1/${command}`, headers, body: bodyOf(params), command };
}

function bodyOf(params: Params | undefined): string | undefined {
  if (params === undefined) return undefined;
  const text = typeof params === 'string' ? params : encodeJson(params);
  if (!/^\s*[{[]/.test(text)) {
    throw new ClnrestError('invalid_request', 'Parameters are an object or an array');
  }
  return text;
}
