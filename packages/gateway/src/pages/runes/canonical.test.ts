import { canonical } from '@clnrest/pages/canonical';
import { RuneSyntaxError } from '@clnrest/runes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalParameters } from '../../parameters/canonical-json.ts';
import { Refusal } from '../../refusals.ts';

/** Returns the text, or undefined for invalid parameters. */
function outcome(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal || error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}

const PIECES = String.raw`{ } [ ] , : 1 -0 1e3 0.5 null true "a" "a_b" "ab" "\u0061" "\n\u001f\/\"" "\ud83d\ude00" "\ud83d" " \ é`;
const pieces = fc.constantFrom(...PIECES.split(' '), ' ', '\n', '\u0001', '"\u2028\u007f"');
const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json, null, 1));

test('the page checks a call with the same text that the gateway sends', () => {
  const text = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 10 }).map((parts) => `{"a":${parts.join('')}}`),
    value,
    value.map((json) => json.replaceAll('a', String.raw`\u0061`)),
  );
  fc.assert(
    fc.property(text, (given) => {
      expect(outcome(() => canonical(given))).toBe(outcome(() => canonicalParameters(given)));
    }),
    { numRuns: 3_000 },
  );
});
