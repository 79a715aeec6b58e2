import { bech32 } from '@scure/base';
import { describe, expect, test } from 'vitest';
import { growth, isLinear } from '@clnrest/testing';
import { readInvoice } from './invoices.ts';
import { encodeBase64Url } from './base64url.ts';
import {
  Alternative,
  refusalReason,
  lint,
  parsePairingLink,
  parseRestrictions,
  readParameters,
  Restriction,
  Rune,
  uniqueIdNumber,
} from './index.ts';

const BARE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const LARGE = 2 ** 17;

/** A rune with this text behind its code. The code is wrong, which reading does not look at. */
function runeOf(text: string): string {
  return encodeBase64Url(Buffer.concat([Buffer.alloc(32, 1), Buffer.from(text, 'latin1')]));
}

/** Pieces of which hostile texts are made, one and two of them over and over. */
function* repetitions(pieces: readonly string[]): Generator<string> {
  for (const one of pieces) {
    yield one;
    for (const two of pieces) if (two !== one) yield one + two;
  }
}

async function expectLinear(
  run: (text: string) => unknown,
  pieces: readonly string[],
  frames: readonly (readonly [string, string])[],
  maxSize = LARGE,
): Promise<void> {
  for (const unit of repetitions(pieces)) {
    for (const [before, after] of frames) {
      const input = (size: number): string =>
        before + unit.repeat(Math.ceil(size / unit.length)) + after;
      const grown = await growth(input, run, maxSize);
      expect(grown, `${before}${unit}…${after}`).toBeLessThan(1.6);
    }
  }
}

describe('readers take linear time on hostile texts:', { timeout: 120_000 }, () => {
  // The text of a rune is bounded by the headers, 16 KiB.
  const HEADER = 2 ** 14;
  const PIECES = ['a', '=', '&', '|', '\\', '\\\\', '\xff', '\0'];

  test('Rune.fromBase64, base64', async () => {
    const frames = [
      ['', ''],
      [BARE.slice(0, -2), '!'],
    ] as const;
    await expectLinear((text) => Rune.fromBase64(text), ['A', '=', '_', '!', ' '], frames, HEADER);
  });

  test('Rune.fromBase64, restrictions', async () => {
    const frames = [
      ['', ''],
      ['=0&', 'a=b'],
      ['=0&a=', '&'],
    ] as const;
    await expectLinear((text) => Rune.fromBase64(runeOf(text)), PIECES, frames, HEADER);
    await expectLinear((text) => Rune.fromBase64(runeOf(text)), ['a=b&', 'a=b|'], frames, HEADER);
  });

  test('Rune.fromString, Restriction.parse, Alternative.of, uniqueIdNumber', async () => {
    const hex = '01'.repeat(32);
    await expectLinear((text) => Rune.fromString(text), PIECES, [[`${hex}:`, '']], HEADER);
    await expectLinear((text) => Restriction.parse(text), PIECES, [['a=', '']], HEADER);
    await expectLinear((text) => Alternative.of(text), PIECES, [['', '=']], HEADER);
    const numbers = ['0', '1', ' ', '\t', '+', 'x'];
    await expectLinear(
      (text) => uniqueIdNumber(text),
      numbers,
      [
        ['', ''],
        ['0x', '!'],
      ],
      HEADER,
    );
  });

  test('parseRestrictions', async () => {
    const pieces = ['[', ']', '"', '\\', '\\\\', '\\u', ',', '"a=b",', '["a=b"],', ' '];
    const run = (text: string) => parseRestrictions(text, 'commando');
    await expectLinear(
      run,
      pieces,
      [
        ['', ''],
        ['[["a=', '"]]'],
      ],
      HEADER,
    );
  });

  test('parsePairingLink', async () => {
    const pieces = ['a', ':', '/', '?', '&', '=', '%', '%41', '+', '-'];
    const frames = [
      ['clnrest://', ''],
      ['clnrest://h:1?rune=', '&certs=x'],
    ] as const;
    await expectLinear((text) => parsePairingLink(text), pieces, frames, HEADER);
  });

  test('readParameters', async () => {
    const pieces = ['{', '[', ']', '"', '\\', '\\"', '\\u0041', ',', '1', '-', '.', ' ', '"a":1,'];
    const frames = [
      ['', ''],
      ['{"a":"', '"}'],
      ['[', '1]'],
      ['{', '}'],
    ] as const;
    await expectLinear((text) => readParameters(text), pieces, frames);
  });

  test('readInvoice', async () => {
    const invoice = (size: number): string => {
      // Undefined fields without content, behind a time stamp.
      const words = Array.from({ length: 7 + 3 * Math.ceil(size / 3) + 104 }, () => 0);
      return bech32.encode('lnbc', words, false);
    };
    expect(await isLinear(invoice, readInvoice, 2 ** 17)).toBe(true);
    await expectLinear((text) => readInvoice(text), ['q', '1', 'b', ' '], [['lnbc', '']]);
    await expectLinear((text) => readInvoice(text), ['0', '9', '1'], [['lnbc', 'u1qqqqqqqq']]);
    await expectLinear((text) => readInvoice(text), ['q', '+', '+ ', '\n'], [['lni1', 'qq']]);
  });

  test.each(['=', '/', '^', '$', '~', '{', '}', '<', '>', '!', '#'])(
    'refusalReason, with %s and a long value',
    async (condition) => {
      for (const unit of ['a', 'é', '1', ' ', '\\n', 'ab']) {
        for (const want of ['b', 'a'.repeat(100), `${'a'.repeat(100)}b`, 'é', '12', '\udcc3']) {
          const rune = Rune.fromBase64(BARE).restrict(Restriction.of(`pnamex${condition}${want}`));
          const input = (size: number): string =>
            `{"x":"${unit.repeat(Math.ceil(size / unit.length))}"}`;
          const run = (params: string) => refusalReason(rune, { now: 1n, method: 'm', params });
          expect(await isLinear(input, run, LARGE), `${unit} ${want}`).toBe(true);
        }
      }
    },
  );

  test('refusalReason, with many parameters and with many restrictions', async () => {
    const rune = Rune.fromBase64(BARE).restrict(Restriction.of('pnamex!', 'parr7=1'));
    const names = (size: number): string =>
      `{${Array.from({ length: size }, (_, index) => `"a_${index}":1`).join(',')}}`;
    const run = (params: string) => refusalReason(rune, { now: 1n, method: 'm', params });
    expect(await isLinear(names, run, 2 ** 17)).toBe(true);

    const narrowed = (size: number): Rune =>
      Rune.fromBase64(runeOf(`=0&${Array(size).fill('pnamex=1|rate=5|pinvx_amount<1').join('&')}`));
    const check = (each: Rune) => refusalReason(each, { now: 1n, method: 'm', params: '{"x":1}' });
    expect(await isLinear(narrowed, check, 2 ** 13)).toBe(true);
    expect(await isLinear(narrowed, (each) => lint(each, 0n), 2 ** 13)).toBe(true);
  });
});
