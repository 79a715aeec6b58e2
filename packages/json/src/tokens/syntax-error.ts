/** Malformed JSON, JSON that is not JSON-RPC 2.0, or a value over the size limit. */
export type JsonSyntaxCode = 'malformed' | 'not_json_rpc' | 'too_long';

/**
 * Invalid input. `text` is the input, which lightningd returns to the sender.
 *
 * @example
 * ```ts
 * import { JsonSyntaxError, parseMessage } from '@clnrest/json/tokens';
 * const error = await Promise.resolve('[1').then(parseMessage).catch((reason) => reason);
 * error instanceof JsonSyntaxError // => true
 * error.code // => 'malformed'
 * ```
 */
export class JsonSyntaxError extends Error {
  readonly code: JsonSyntaxCode;
  readonly text: string;

  constructor(code: JsonSyntaxCode, message: string, text: string) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.code = code;
    this.text = text;
  }
}
