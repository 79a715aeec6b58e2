/**
 * The bytes are no JSON, or not cut as the protocol cuts it. Only what is needed to find the end of
 * a value is judged here: a text that passes may still be refused by a JSON parser.
 *
 * @example
 * ```ts
 * import { FrameError, JsonFrames } from '@clnrest/lightningd';
 * let code = '';
 * try {
 *   new JsonFrames().push(Buffer.from('GET / HTTP/1.1'));
 * } catch (error) {
 *   if (error instanceof FrameError) code = error.code;
 * }
 * code // => 'malformed_frame'
 * ```
 */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'malformed_frame';
}
