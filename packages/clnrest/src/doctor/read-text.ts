import { ClnrestError } from '@clnrest/client';

/**
 * A body that is short, as text.
 *
 * @throws {ClnrestError} `too_large`, or why it broke off
 */
export async function readShort(
  body: AsyncIterable<Uint8Array>,
  maxBytes = 64 * 1024,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > maxBytes) throw new ClnrestError('too_large', `more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
