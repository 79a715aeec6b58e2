import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Expression } from './expression.ts';
import { ExpressionError } from './syntax.ts';

/** The same expression in JavaScript's engine. Can take long for some expressions. */
const native = (text: string): RegExp => new RegExp(`^(?:${text})$`);

const context = createContext({});

/** The results of JavaScript's engine; `undefined` if it backtracks for too long. */
function nativeMatches(text: string, candidates: readonly string[]): boolean[] | undefined {
  try {
    Object.assign(context, { expression: native(text), candidates });
    const code = 'candidates.map((text) => expression.test(text))';
    return [...(runInContext(code, context, { timeout: 20 }) as boolean[])];
  } catch (error) {
    // The error belongs to the other context, so `instanceof Error` is false.
    if (String(error).includes('timed out')) return undefined;
    throw error;
  }
}

/** Expressions over few characters, so that random texts often match. */
const expressions = fc.letrec<{
  choice: string;
  sequence: string;
  repeated: string;
  single: string;
}>((tie) => ({
  choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
  sequence: fc.array(tie('repeated'), { maxLength: 3 }).map((all) => all.join('')),
  repeated: fc
    .tuple(
      tie('single'),
      fc.constantFrom(
        '',
        '',
        '',
        '?',
        '*',
        '+',
        '{2}',
        '{0}',
        '{1,}',
        '{0,2}',
        '{1,3}',
        '*?',
        '+?',
        '??',
        '{2,}?',
      ),
    )
    .map(([single, count]) => (/^[$^]$/.test(single) ? single : single + count)),
  single: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      '.',
      '-',
      ':',
      '/',
      '^',
      '$',
      '\\.',
      '\\d',
      '\\D',
      '\\w',
      '\\W',
      '\\s',
      '\\S',
      '\\-',
      '\\x61',
      '\\u0062',
      '\\n',
      '\\/',
      '[ab]',
      '[^a]',
      '[a-b]',
      '[.-]',
      '[-a]',
      '[^\\d.]',
      '[\\]a]',
      '[]',
      '[^]',
      '[a-b1-2:]',
      '\\(',
      '\\\\',
    ),
    tie('choice').map((choice) => `(${choice})`),
    tie('choice').map((choice) => `(?:${choice})`),
  ),
})).choice;

const texts = fc.string({
  unit: fc.constantFrom('a', 'b', '1', '.', '-', ':', '/', '\n', ' ', '(', 'é', '☃'),
  maxLength: 8,
});

describe('an expression', () => {
  test("matches the same texts as JavaScript's engine", () => {
    let matched = 0;
    fc.assert(
      fc.property(
        expressions,
        fc.array(texts, { minLength: 1, maxLength: 6 }),
        (expression, candidates) => {
          const all = ['', 'a', 'ab', ...candidates];
          const expected = nativeMatches(expression, all);
          fc.pre(expected !== undefined);
          const ours = new Expression(expression);
          expect(all.map((text) => ours.matches(text))).toEqual(expected);
          if (expected?.includes(true)) matched++;
        },
      ),
      { numRuns: 1_000 },
    );
    expect(matched).toBeGreaterThan(100);
  });

  test.each([
    ['(?:a*)*b', 'aab', true],
    ['(?:a|^)*$', 'aa', true],
    ['(a?){3}b', 'b', true],
    ['(?:){1,}', '', true],
    ['a{2,3}', 'aaaa', false],
    ['a$|b', 'a', true],
    ['a^', 'a', false],
  ])('%s on %j: %s', (expression, text, expected) => {
    expect(new Expression(expression).matches(text)).toBe(expected);
    expect(native(expression).test(text)).toBe(expected);
  });

  test.each([
    ['(', '`(` is not closed'],
    ['(?:a', '`(` is not closed'],
    [')', '`)` has no matching `(`'],
    ['a)b', '`)` has no matching `(`'],
    ['[a', '`[` is not closed'],
    ['[', '`[` is not closed'],
    ['a]', '`]` is not valid there; to match the character, write `\\]`'],
    ['a}', '`}` is not valid there'],
    ['a{', '`{` is not valid there'],
    ['a{,3}', '`{` is not valid there'],
    ['*a', '`*` is not valid there'],
    ['a**', '`*` is not valid there'],
    ['a{2}{3}', '`{` is not valid there'],
    ['^*', '`^` and `$` cannot be repeated'],
    ['a{3,2}', '`{3,2}` has a maximum below its minimum'],
    ['[b-a]', 'a range in `[…]`'],
    ['[\\d-z]', 'a range in `[…]`'],
    ['\\', 'it ends unexpectedly'],
    ['[\\', 'it ends unexpectedly'],
    ['(a)\\1', '`\\1` is not supported'],
    ['\\bfoo', '`\\b` is not supported'],
    ['(?=a)', '`(?=` is not supported'],
    ['(?!a)', '`(?!` is not supported'],
    ['(?<=a)', '`(?<=` is not supported'],
    ['(?<!a)', '`(?<!` is not supported'],
    ['(?<name>a)', '`(?<` is not supported'],
    ['(?i:a)', '`(?` is not supported'],
    ['(((a{99}){99}){99}){99}', 'it is too large'],
    ['(){4294967296}', 'it is too large'],
    ['(?:(?:){0,1000}){1000}', 'it is too large'],
    ['a'.repeat(1001), 'it is longer than 1000 characters'],
  ])('%s is rejected', (expression, reason) => {
    expect(() => new Expression(expression)).toThrow(ExpressionError);
    expect(() => new Expression(expression)).toThrow(reason);
  });

  test('is parsed or rejected for any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'ab1^$.()[]{}*+?|\\-,:=!<>dwsbux') }),
    );
    fc.assert(
      fc.property(text, texts, (expression, candidate) => {
        let ours: Expression;
        try {
          ours = new Expression(expression);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          return;
        }
        // Accepted syntax has the same meaning in JavaScript.
        const expected = nativeMatches(expression, [candidate]);
        fc.pre(expected !== undefined);
        expect([ours.matches(candidate)]).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test('can be nested deeply', () => {
    const nested = (open: string, close: string) => open.repeat(300) + 'a' + close.repeat(300);
    expect(new Expression(nested('(', ')')).matches('a')).toBe(true);
    expect(new Expression(nested('(', ')+')).matches('aaa')).toBe(true);
  });
});

describe('matching', () => {
  /** Counts the states that are entered, which determine the time. */
  const work = (expression: string, text: string): number => {
    const add = vi.spyOn(Set.prototype, 'add');
    try {
      expect(new Expression(expression).matches(text)).toBe(false);
      return add.mock.calls.length;
    } finally {
      add.mockRestore();
    }
  };

  test.each([
    ['http://(?:q+)+z', 'q'],
    ['http://(a|a)*b', 'a'],
    ['http://(a?){100}a{100}', 'a'],
    ['http://((a*)*)*c', 'a'],
    ['http://([a-z]+\\.?)+!', 'a.'],
    ['http://(.*,){12}P', ','],
  ])('%s takes linear time', (expression, part) => {
    const text = (length: number) => `http://${part.repeat(length)}`;
    const small = work(expression, text(400));
    const large = work(expression, text(800));
    expect(large).toBeLessThan(2.2 * small + 1_000);
  });
});
