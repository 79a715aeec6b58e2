import { type Amounts, convertAmounts } from './amounts.ts';
import { ClnrestError } from './errors.ts';
import type { Body } from './transport/call-transport.ts';
import { ArrayItems } from '@clnrest/json';
import { parseJson } from '@clnrest/json';

/** Collects a body as text. @throws {ClnrestError} `too_large` if the body exceeds `maxBytes` */
export async function readText(body: Body, maxBytes: number): Promise<string> {
  const pieces: string[] = [];
  let bytes = 0;
  // Not fatal: invalid UTF-8 in one name, such as a peer's alias, must not make the whole result unreadable.
  const decoder = new TextDecoder();
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxBytes) {
      throw new ClnrestError('too_large', `The response exceeds ${maxBytes} bytes`);
    }
    pieces.push(decoder.decode(piece, { stream: true }));
  }
  pieces.push(decoder.decode());
  return pieces.join('');
}

/** Yields the items of a list in a body, one by one. @throws {ClnrestError} `malformed_answer` */
export async function* readItems<T>(
  body: Body,
  name: string,
  parse: (text: string) => unknown,
): AsyncGenerator<T, void> {
  const found = new ArrayItems(name);
  const decoder = new TextDecoder();
  for await (const piece of body) {
    const text = decoder.decode(piece, { stream: true });
    for (const item of orMalformed(() => found.push(text))) yield parse(item) as T;
  }
  orMalformed(() => found.end());
}

/** Parses JSON text of a response. @throws {ClnrestError} `malformed_answer` */
export function parseAnswer(text: string, amounts: Amounts = 'mixed'): unknown {
  const answer = orMalformed(() => parseJson(text));
  if (amounts === 'bigint') convertAmounts(answer);
  return answer;
}

/** Runs a parser and converts its syntax error to `malformed_answer`. */
export function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    // The cause is dropped: V8's SyntaxError quotes the text, which may contain a secret.
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ClnrestError('malformed_answer', 'The response is not the expected JSON');
  }
}
