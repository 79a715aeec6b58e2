import { isJsonNumber } from './json-number.ts';

/** The values of an element's attribute `type`. */
export const XML_TYPES = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const;

/** One of {@link XML_TYPES}. */
export type XmlType = (typeof XML_TYPES)[number];

/**
 * Returns the type of an element without an attribute `type`, by its text. XML has no numbers, but a rune that
 * limits an amount accepts nothing else. White space around a number or a boolean is ignored.
 */
export function xmlTypeOf(text: string): 'string' | 'number' | 'boolean' {
  const bare = trimXml(text);
  if (bare === 'true' || bare === 'false') return 'boolean';
  return isJsonNumber(bare) ? 'number' : 'string';
}

/** Returns a text without the white space around it; XML has four white space characters. */
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
