import { type Alternative, integerOf } from './alternative.ts';
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
  const { fieldname, condition } = alternative;
  if (condition === '#') return undefined;
  if (condition === '!') return field === undefined ? undefined : `${fieldname} is present`;
  if (field === undefined) return `${fieldname} not present`;
  return condition === '<' || condition === '>'
    ? compareIntegers(alternative, field)
    : compareTexts(alternative, String(field), bytesOf);
}

function compareIntegers(alternative: Alternative, field: bigint | string): string | undefined {
  const { fieldname, condition, value } = alternative;
  if (typeof field !== 'bigint') return `${fieldname} is not an integer field`;
  const bound = integerOf(alternative);
  if (bound === undefined) return `${value} is not a valid integer`;
  if (condition === '<') {
    return field < bound ? undefined : `${fieldname} is greater or equal to ${value}`;
  }
  return field > bound ? undefined : `${fieldname} is less or equal to ${value}`;
}

function compareTexts(
  { fieldname, condition, value }: Alternative,
  text: string,
  bytesOf: (text: string) => string,
): string | undefined {
  // In valid UTF-8 no character begins inside another: where both are valid, comparing characters finds
  // what comparing bytes would, and nothing long has to be rewritten.
  const isOrder = condition === '{' || condition === '}';
  const asText = !isOrder && value.isWellFormed() && text.isWellFormed();
  const want = asText ? value : byteString(value);
  const have = asText ? text : isOrder ? byteString(start(text, want)) : bytesOf(text);
  switch (condition) {
    case '=':
      return have === want ? undefined : `${fieldname} is not equal to ${value}`;
    case '/':
      return have !== want ? undefined : `${fieldname} is equal to ${value}`;
    case '^':
      return have.startsWith(want) ? undefined : `${fieldname} does not start with ${value}`;
    case '$':
      return have.endsWith(want) ? undefined : `${fieldname} does not end with ${value}`;
    case '~':
      return have.includes(want) ? undefined : `${fieldname} does not contain ${value}`;
    case '{':
      return start(have, want) < want
        ? undefined
        : `${fieldname} is equal to or ordered after ${value}`;
    case '}':
      return start(have, want) > want
        ? undefined
        : `${fieldname} is equal to or ordered before ${value}`;
    default:
      // JavaScript callers can pass any operator: an unknown one must not hold.
      return `${fieldname} has an unknown operator`;
  }
}

/** Cuts a text to the length that decides its order, since JavaScript would compare all of it. */
function start(have: string, want: string): string {
  return have.length > want.length ? have.slice(0, want.length + 1) : have;
}
