import { MAX_PIECE_BYTES } from '@clnrest/commando/peer';
import type { OutputItem } from '../rpc-server/output-queue.ts';

/** A piece of a reply. */
export interface ReplyPiece {
  readonly json: Buffer;
  readonly isLast: boolean;
}

/** Bytes that stay for the last piece: at least one besides the empty line at the end of a reply. */
const KEPT_BYTES = 3;

/** Cuts a reply into pieces, as far as they are taken: a long result is created while the peer reads it. */
export function* replyPieces(outputs: readonly OutputItem[]): Generator<ReplyPiece, void> {
  let waiting: Buffer[] = [];
  let length = 0;
  for (const part of parts(outputs)) {
    waiting.push(part);
    length += part.length;
    if (length < MAX_PIECE_BYTES + KEPT_BYTES) continue;
    let bytes = Buffer.concat(waiting, length);
    while (bytes.length >= MAX_PIECE_BYTES + KEPT_BYTES) {
      yield { json: bytes.subarray(0, MAX_PIECE_BYTES), isLast: false };
      bytes = bytes.subarray(MAX_PIECE_BYTES);
    }
    waiting = [bytes];
    length = bytes.length;
  }
  const rest = Buffer.concat(waiting, length);
  let end = rest.length;
  while (rest[end - 1] === 0x0a) end--;
  yield { json: rest.subarray(0, end), isLast: true };
}

function* parts(outputs: readonly OutputItem[]): Generator<Buffer, void> {
  for (const output of outputs) {
    if (Buffer.isBuffer(output)) yield output;
    else if (typeof output === 'string') yield Buffer.from(output);
    else for (const text of output) yield Buffer.from(text);
  }
}
