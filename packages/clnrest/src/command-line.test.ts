import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { UsageError } from './usage-error.ts';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const rune = fc
  .tuple(
    fc.constantFrom('-', '--', '---', '-h', '-J', '--json', '--rune', '-A', '-9', '_', 'A'),
    fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 42, maxLength: 90 }),
    fc.constantFrom('', '=', '=='),
  )
  .map((parts) => parts.join(''));

function parse(args: readonly string[], allowPositionals = true) {
  return parseCommandLine({
    args,
    allowPositionals,
    tokens: true,
    options: {
      rune: { type: 'string' },
      more: { type: 'string', multiple: true },
      json: { type: 'boolean', short: 'J' },
    },
  });
}

describe('a rune', () => {
  test('is a value at any position', () => {
    fc.assert(
      fc.property(rune, rune, (a, b) => {
        const { values, positionals, tokens } = parse([
          a,
          '--rune',
          b,
          '-J',
          a,
          `--more=${b}`,
          '--more',
          a,
          '--',
          b,
        ]);
        expect({ ...values }).toEqual({ rune: b, json: true, more: [b, a] });
        expect(positionals).toEqual([a, a, b]);
        expect(tokens.map((token) => ('value' in token ? token.value : undefined))).toEqual([
          a,
          b,
          undefined,
          a,
          b,
          a,
          undefined,
          b,
        ]);
      }),
    );
  });

  test('is not quoted in errors', () => {
    fc.assert(
      fc.property(rune, (text) => {
        const wrong = [[`--nope:${text}`], [`--nope`, text], [`--json=${text}`], [text]];
        for (const args of wrong)
          expect(errorMessage(() => parse(args, false))).not.toContain(text.slice(8, 30));
      }),
    );
  });
});

test('a shorter word is an option, known or unknown', () => {
  expect(parse(['-J']).values.json).toBe(true);
  expect(errorMessage(() => parse(['-t']))).toBe("Unknown option '-t'");
  expect(errorMessage(() => parse(['--rune', '-t']))).toMatch(
    /^Option '--rune' argument is ambiguous.+$/,
  );
  expect(errorMessage(() => parse([`-${'t'.repeat(41)}`]))).toBe("Unknown option '-t'");
});

test('a given message replaces that of parseArgs', () => {
  const config = { args: ['--secret'], options: {} };
  expect(errorMessage(() => parseCommandLine(config, 'unknown option'))).toBe('unknown option');
});

function errorMessage(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'accepted';
}
