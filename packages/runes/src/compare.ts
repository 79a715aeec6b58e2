import type { Alternative } from './alternative.ts';
import { signedInteger } from './integers.ts';
import { byteString } from './text.ts';

/** A field's value for a call: an integer, a text, or undefined if absent. */
export type FieldValue = bigint | string | undefined;

/**
 * Tests one alternative against its field's value. Returns undefined if it holds, else lightningd's reason.
 *
 * Texts are compared byte by byte. `<` and `>` require an integer.
 *
 * @param bytesOf converts the field's text to a byte string; a caller can pass a cached version
 */
export function compare(
  alternative: Alternative,
  field: FieldValue,
  bytesOf: (text: string) => string = byteString,
): string | undefined {
  const { fieldname, condition, value } = alternative;
  const unless = (holds: boolean, complaint: string): string | undefined =>
    holds ? undefined : `${fieldname} ${complaint} ${value}`;

  if (condition === '#') return undefined;
  if (condition === '!') return field === undefined ? undefined : `${fieldname} is present`;
  if (field === undefined) return `${fieldname} not present`;

  const text = String(field);
  // In valid UTF-8 no character begins inside another: where both are valid, comparing characters finds
  // what comparing bytes would, and nothing long has to be rewritten.
  const isOrder = condition === '{' || condition === '}';
  const asText = !isOrder && value.isWellFormed() && text.isWellFormed();
  const want = asText ? value : byteString(value);
  const have = asText ? text : isOrder ? byteString(start(text, want)) : bytesOf(text);
  switch (condition) {
    case '=':
      return unless(have === want, 'is not equal to');
    case '/':
      return unless(have !== want, 'is equal to');
    case '^':
      return unless(have.startsWith(want), 'does not start with');
    case '$':
      return unless(have.endsWith(want), 'does not end with');
    case '~':
      return unless(have.includes(want), 'does not contain');
    case '{':
      return unless(start(have, want) < want, 'is equal to or ordered after');
    case '}':
      return unless(start(have, want) > want, 'is equal to or ordered before');
    case '<':
    case '>': {
      if (typeof field !== 'bigint') return `${fieldname} is not an integer field`;
      const bound = signedInteger(value);
      if (bound === undefined) return `${value} is not a valid integer`;
      return condition === '<'
        ? unless(field < bound, 'is greater or equal to')
        : unless(field > bound, 'is less or equal to');
    }
    default:
      // JavaScript callers can pass any operator: an unknown one must not hold.
      return `${fieldname} has an unknown operator`;
  }
}

/** Cuts a text to the length that decides its order, since JavaScript would compare all of it. */
function start(have: string, want: string): string {
  return have.length > want.length ? have.slice(0, want.length + 1) : have;
}
