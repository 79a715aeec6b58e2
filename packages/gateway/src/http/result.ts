import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { CallerLeft } from './caller-left.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Clients compare the type as a whole; results hold what nobody else should keep. */
const HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];

/**
 * Answers with the bytes of a result as they come from the node: they are neither parsed nor
 * collected, and while the caller reads slowly the node waits. A small result goes out in one piece
 * with its length.
 *
 * Resolves when all is written. Rejects with the stream's error if the node breaks off, and then the
 * connection must be cut, so that what arrived does not pass for the whole; with {@link CallerLeft}
 * if the caller leaves.
 */
export function sendResult(result: Readable, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let begun = false;

    const begin = (): void => {
      if (begun || first === undefined) return;
      begun = true;
      response.writeHead(201, [...HEADERS]);
      write(first);
    };
    const write = (piece: Buffer): void => {
      if (!response.write(piece)) result.pause();
    };
    const settle = (): void => {
      begun = true;
      response.off('drain', onDrain).off('close', onClose);
      result.off('data', onData).off('end', onEnd).off('error', onError);
    };
    const onDrain = (): void => {
      result.resume();
    };
    const onData = (piece: Buffer): void => {
      unbreak(piece);
      if (begun) {
        write(piece);
      } else if (first === undefined) {
        // If this is all, the end comes before anything else does.
        first = piece;
        setImmediate(begin);
      } else {
        begin();
        write(piece);
      }
    };
    const onEnd = (): void => {
      if (begun) {
        response.end();
      } else {
        response.writeHead(201, [...HEADERS, 'Content-Length', String(first?.length ?? 0)]);
        response.end(first);
      }
      settle();
      resolve();
    };
    const onError = (error: unknown): void => {
      settle();
      reject(error);
    };
    const onClose = (): void => {
      settle();
      result.destroy();
      reject(new CallerLeft());
    };
    response.on('drain', onDrain).on('close', onClose);
    result.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

/**
 * Makes line ends spaces, in place: some clients read one line only, and results of plugins may be
 * pretty-printed. In JSON they can only stand between values.
 */
function unbreak(piece: Buffer): void {
  for (const code of [LINE_FEED, CARRIAGE_RETURN]) {
    for (let at = piece.indexOf(code); at !== -1; at = piece.indexOf(code, at + 1)) {
      piece[at] = SPACE;
    }
  }
}
