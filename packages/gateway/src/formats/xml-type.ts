import { isJsonNumber } from './json-number.ts';

/** What an attribute `type` may say of an element's value. */
export const XML_TYPES = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const;

/** One of {@link XML_TYPES}. */
export type XmlType = (typeof XML_TYPES)[number];

/**
 * What the text of an element without an attribute `type` is taken for: XML knows no numbers, and a
 * rune that limits an amount is content with nothing else. White space around a number or a truth value
 * does not count.
 */
export function xmlTypeOf(text: string): 'string' | 'number' | 'boolean' {
  const bare = trimXml(text);
  if (bare === 'true' || bare === 'false') return 'boolean';
  return isJsonNumber(bare) ? 'number' : 'string';
}

/** A text without the white space around it, of which XML knows four kinds. */
export function trimXml(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (start < end && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
