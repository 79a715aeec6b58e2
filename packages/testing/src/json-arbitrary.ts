import fc from 'fast-check';

/** White space that a plugin can write, including blank lines. */
export const whiteSpace: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('') },
  fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 4 }),
);

const backslashes = fc.string({
  unit: fc.constantFrom('\\', '"', '{', '}', '[', ']', ',', ':', 'a', '\n', 'é', '𝄞'),
  maxLength: 60,
});

/** A string's JSON text, with some unnecessary escapes. */
const stringText = fc
  .tuple(fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), backslashes), fc.boolean())
  .map(([text, escaped]) => {
    const plain = JSON.stringify(text);
    return escaped ? plain.replaceAll('a', '\\u0061') : plain;
  });

const scalarText = fc.oneof(
  stringText,
  fc.constantFrom('true', 'false', 'null', '0', '-0', '1e-7', '-12.50E+3', '9007199254740993'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarText,
    fc
      .tuple(whiteSpace, fc.array(padded(tie('value')), { maxLength: 4 }))
      .map(([space, items]) => (items.length === 0 ? `[${space}]` : `[${items.join(',')}]`)),
    fc
      .tuple(
        whiteSpace,
        fc.array(fc.tuple(padded(stringText), padded(tie('value'))), { maxLength: 4 }),
      )
      .map(([space, members]) =>
        members.length === 0
          ? `{${space}}`
          : `{${members.map(([key, item]) => `${key}:${item}`).join(',')}}`,
      ),
  ),
}));

/** The text of any JSON value, with random white space. */
export const jsonText: fc.Arbitrary<string> = value;

/** Adds white space around the text. */
export function padded(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(whiteSpace, text, whiteSpace).map((parts) => parts.join(''));
}

/** Splits the bytes at these positions, each a fraction from 0 to 1. A split can be inside a character. */
export function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...at]
    .map((part) => Math.floor(part * (bytes.length + 1)))
    .toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

/** Positions for {@link cut}. */
export const cuts: fc.Arbitrary<number[]> = fc.array(
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  { maxLength: 8 },
);
