/** The bytes cannot be cut into JSON objects. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'malformed_frame';
}

/**
 * Cuts a stream of bytes into the JSON objects that it holds, wherever the pieces were split or
 * joined. White space between the objects is skipped; whether there is any does not matter.
 */
export class JsonFrames {
  /** The objects that became complete with this piece, as texts. */
  push(_piece: Uint8Array): string[] {
    throw new Error('in the making');
  }
  /** Whether an object has begun and not ended. */
  get unfinished(): boolean {
    throw new Error('in the making');
  }
}
