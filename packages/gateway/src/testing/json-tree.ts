import fc from 'fast-check';

/** A JSON value with numbers as text. */
export type JsonTree =
  | { readonly number: string }
  | string
  | boolean
  | null
  | readonly JsonTree[]
  | ReadonlyMap<string, JsonTree>;

/** Returns the JSON text of a value. */
export function jsonOf(tree: JsonTree): string {
  if (Array.isArray(tree)) return `[${tree.map((item: JsonTree) => jsonOf(item)).join(',')}]`;
  if (tree instanceof Map) {
    const members = [...(tree as ReadonlyMap<string, JsonTree>)];
    return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`;
  }
  if (typeof tree === 'object' && tree !== null && 'number' in tree) return tree.number;
  return JSON.stringify(tree);
}

const NUMBERS = ['0', '-0', '18446744073709551615', '1e400', '-1E-400', '0.1000', '1e3', '1.0'];

/** Strings that YAML, XML or a form can misread as another type or as syntax. */
const WORDS =
  'no Yes y on null Null ~ true FALSE << = --- ... 1e3 0x1F 0o17 017 0b11 1_000 190:20:30 +5 .5 5. ' +
  '.inf .nan 2020-01-01 12 -0 1.10 0 02e5 103x1x0 02ab 0b1 v26.06.6 [a {a a] " \' \\ \\u0041 @ ` % ' +
  '| > &a *a !a <a> ]]> &amp; <!-- \u0000 \u001f \u007f \u0085 \ufeff \ufffe \u2028 😀 _x0041_ _x_ ' +
  '1st é __proto__ constructor item xml a+b a=b&c';
const SPACED = [
  '',
  ' ',
  ' a',
  'a ',
  ' 12 ',
  'a b',
  'a: b',
  'a #b',
  '- a',
  '? a',
  '\n',
  'a\nb',
  '\t',
];
const TEXTS = [...WORDS.split(' '), ...SPACED, 'a\r\nb', 'a\u00a0'];

/** Any text, often one that is difficult for a format. */
export const someText = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', size: '+1' }),
);

/** Any JSON value with keys from `key`. */
export function someTree(key: fc.Arbitrary<string> = someText): fc.Arbitrary<JsonTree> {
  const number = fc.oneof(
    fc.constantFrom(...NUMBERS),
    fc.bigInt().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  );
  return fc.letrec<{ tree: JsonTree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      someText,
      number.map((text) => ({ number: text })),
      fc.constantFrom(true, false, null),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((members) => new Map(members)),
    ),
  })).tree;
}
