import { FrameError } from './frame-error.ts';
import { ValueScanner } from './value-scanner.ts';

/**
 * Returns the elements of a JSON array as raw texts, digit for digit. Throws a FrameError if the text
 * is not exactly one array. The elements themselves are not validated.
 *
 * @example
 * ```ts
 * import { readElements } from '@clnrest/json/bytes';
 * readElements('[9007199254740993, {"a": 1}]') // => ['9007199254740993', '{"a": 1}']
 * ```
 */
export function readElements(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const elements: string[] = [];
  const values = new ValueScanner();
  let index = skipSpace(bytes, 0);
  if (bytes[index] !== OPEN) throw new FrameError('the text is not a JSON array');
  index = skipSpace(bytes, index + 1);
  while (bytes[index] !== CLOSE || elements.length > 0) {
    values.reset();
    const end = values.scan(bytes, index);
    if (end < 0) throw new FrameError('the array has no end');
    elements.push(bytes.toString('utf8', index, end));
    index = skipSpace(bytes, end);
    if (bytes[index] === CLOSE) break;
    if (bytes[index] !== COMMA) throw new FrameError('expected a comma or the end of the array');
    index = skipSpace(bytes, index + 1);
  }
  if (skipSpace(bytes, index + 1) !== bytes.length) throw new FrameError('more than one array');
  return elements;
}

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

function skipSpace(bytes: Buffer, from: number): number {
  let index = from;
  while (index < bytes.length && ' \t\n\r'.includes(String.fromCharCode(bytes[index] ?? 0))) {
    index++;
  }
  return index;
}
