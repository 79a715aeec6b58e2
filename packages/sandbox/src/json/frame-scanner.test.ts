import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonSyntaxError } from '@clnrest/json/tokens';
import { findMember, FrameScanner, type Frame } from './frame-scanner.ts';

function scanner(): FrameScanner {
  return new FrameScanner(1_000_000);
}

function texts(frames: readonly Frame[]): string[] {
  return frames.map(({ bytes }) => bytes.toString());
}

const jsonObject = fc.dictionary(
  fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__'),
  fc.jsonValue(),
);

describe('values', () => {
  test('are found at any chunk boundaries', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(jsonObject, fc.constantFrom('', '\n', '\n\n', ' \t')), { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.boolean(),
        (values, cuts, pretty) => {
          const written = values.map(([value]) => JSON.stringify(value, undefined, pretty ? 2 : 0));
          const all = Buffer.from(written.map((text, i) => text + (values[i]?.[1] ?? '')).join(''));
          const places = cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b);
          const one = scanner();
          const frames: Frame[] = [];
          let start = 0;
          for (const place of [...places, all.length]) {
            frames.push(...one.push(all.subarray(start, place)));
            start = place;
          }
          expect(texts(frames)).toEqual(written);
        },
      ),
    );
  });

  test('have the spans of their members', () => {
    fc.assert(
      fc.property(jsonObject, fc.nat(), fc.boolean(), (value, cut, pretty) => {
        const text = JSON.stringify(value, undefined, pretty ? 1 : 0);
        const bytes = Buffer.from(text);
        const one = scanner();
        const [frame] = [
          ...one.push(bytes.subarray(0, cut % bytes.length)),
          ...one.push(bytes.subarray(cut % bytes.length)),
        ];
        const members = frame?.members.map(({ name, start, end }) => [
          JSON.parse(`"${name}"`) as string,
          JSON.parse(frame.bytes.toString('utf8', start, end)) as unknown,
        ]);
        expect(members).toEqual(Object.entries(JSON.parse(text) as object));
      }),
    );
  });

  test.each([
    ['{"a":1}', 'a', '1'],
    ['{"a":-1.5e3 ,"b":2}', 'a', '-1.5e3'],
    ['{ "a" : [1,{"b":"}"}] }', 'a', '[1,{"b":"}"}]'],
    ['{"b":{"a":1},"a":"\\"x\\\\"}', 'a', '"\\"x\\\\"'],
    ['{"a":true,"a":false}', 'a', 'true'],
    ['{"a":null\n}', 'a', 'null'],
  ])('%s has %s: %s', (text, name, value) => {
    const [frame] = scanner().push(Buffer.from(text));
    const span = frame === undefined ? undefined : findMember(frame, name);
    expect(frame?.bytes.toString('utf8', span?.start, span?.end)).toBe(value);
  });
});

describe('the scanner rejects', () => {
  test.each(['}', ']', 'x', '5', '"s"', ',', '{"a":]', '[}', '{"a":1}}', '{"a":1} x'])(
    '%s',
    (text) => {
      expect(() => scanner().push(Buffer.from(text))).toThrow(JsonSyntaxError);
    },
  );

  test('malformed input, with the complete text in the error', () => {
    const one = scanner();
    one.push(Buffer.from('{"a":'));
    expect(() => one.push(Buffer.from('1}{"b":2}]'))).toThrow(
      expect.objectContaining({ code: 'malformed', text: '{"a":1}{"b":2}]' }),
    );
  });

  test('a value over the limit', () => {
    const one = new FrameScanner(10);
    expect(texts(one.push(Buffer.from('{"a":"0123456789"}')))).toHaveLength(1);
    expect(() => one.push(Buffer.from('{"a":"0123456789'))).toThrow(
      expect.objectContaining({ code: 'too_long' }),
    );
  });
});

test('the time is linear in the length for any bytes', () => {
  const time = (text: string): number => {
    const bytes = Buffer.from(text);
    const one = new FrameScanner(100_000_000);
    const started = performance.now();
    for (let at = 0; at < bytes.length; at += 65_536) one.push(bytes.subarray(at, at + 65_536));
    return performance.now() - started;
  };
  for (const unit of ['\\\\', '[', 'x', '"",', '{"":']) {
    const text = (count: number): string =>
      `{"a":["${unit === '\\\\' || unit === 'x' ? '' : '",'}${unit.repeat(count)}`;
    time(text(10_000));
    const short = time(text(200_000));
    const long = time(text(2_000_000));
    expect(long, unit).toBeLessThan(Math.max(short, 5) * 60);
  }
});
