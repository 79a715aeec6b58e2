import { bytesOf, type FuzzCase, type Values } from './case.ts';

const MAX_PRINTED_BYTES = 2_000;

/** The bytes of a case, in printable lines. */
export function printable({ items }: FuzzCase, values: Values): string[] {
  return printableBytes(items.flatMap((item) => [...bytesOf(item, values)]));
}

/** Bytes, as characters, in printable lines; the first ones if there are many. */
export function printableBytes(pieces: readonly string[]): string[] {
  const texts: string[] = [];
  let length = 0;
  for (const text of pieces) {
    length += text.length;
    texts.push(length <= MAX_PRINTED_BYTES ? text : text.slice(0, 100));
    if (length > MAX_PRINTED_BYTES)
      return [...lines(texts), `… (more than ${MAX_PRINTED_BYTES} bytes)`];
  }
  return lines(texts);
}

function lines(texts: readonly string[]): string[] {
  return JSON.stringify(texts.join(''))
    .slice(1, -1)
    .replaceAll(/[\u007f-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)
    .replaceAll(String.raw`\r\n`, '\\r\\n\n')
    .split('\n')
    .filter((line) => line !== '');
}
