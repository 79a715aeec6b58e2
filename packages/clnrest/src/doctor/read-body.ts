import { ClnrestError } from '@clnrest/client';

/**
 * Reads a short body as text.
 *
 * @throws {ClnrestError} `too_large`, or the reason why the body broke off
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes = 64 * 1024,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) throw new ClnrestError('too_large', `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
