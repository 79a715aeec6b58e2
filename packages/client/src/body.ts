import { ClnrestError } from './errors.ts';
import { ArrayItems } from './json/array-items.ts';
import { parseJson } from './json/parse.ts';

/** Collects a body as text. @throws {ClnrestError} `too_large` beyond so many bytes */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const pieces: string[] = [];
  let bytes = 0;
  // A name that a stranger gave a channel must not keep anyone from reading the rest: no errors.
  const decoder = new TextDecoder();
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > maxBytes) {
      throw new ClnrestError('too_large', `The answer is longer than ${maxBytes} bytes`);
    }
    pieces.push(decoder.decode(piece, { stream: true }));
  }
  pieces.push(decoder.decode());
  return pieces.join('');
}

/** Takes the items out of a body, one by one. @throws {ClnrestError} `malformed_answer` */
export async function* readItems<T>(
  body: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<T, void> {
  const found = new ArrayItems(name);
  const decoder = new TextDecoder();
  for await (const piece of body) {
    const text = decoder.decode(piece, { stream: true });
    for (const item of reading(() => found.push(text))) yield parseAnswer(item) as T;
  }
  reading(() => found.end());
}

/** A piece of an answer as a value. @throws {ClnrestError} `malformed_answer` */
export function parseAnswer(text: string): unknown {
  return reading(() => parseJson(text));
}

/** What is no JSON in an answer is the server's fault. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    // A SyntaxError of V8's quotes the text, which may hold a secret.
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new ClnrestError('malformed_answer', 'The answer is not the JSON that it should be');
  }
}
