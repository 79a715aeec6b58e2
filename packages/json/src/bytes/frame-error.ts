/**
 * The bytes are not JSON, or not framed as the protocol frames messages. Framing checks only what it
 * needs to find the end of a value: a JSON parser can still reject a text that passes.
 *
 * @example
 * ```ts
 * import { FrameError, JsonFrames } from '@clnrest/json/bytes';
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
