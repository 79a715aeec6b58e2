import { describe, expect, test } from 'vitest';
import { stringifyJson } from './stringify.ts';

describe('parameters', () => {
  test.each([[2 ** 53], [-(2 ** 60)], [1e300], [NaN], [Infinity]])('%d is rejected', (number) => {
    for (const params of [{ amount_msat: number }, [number], { a: [{ b: number }] }]) {
      expect(() => stringifyJson(params)).toThrow(
        expect.objectContaining({ code: 'invalid_request' }) as Error,
      );
    }
  });

  test('follow JSON.stringify otherwise', () => {
    const date = new Date(0);
    const params = {
      a: undefined,
      b: [undefined, () => 1],
      c: date,
      d: 1.5,
      e: { toJSON: () => 5n },
    };
    expect(stringifyJson(params)).toBe(
      '{"b":[null,null],"c":"1970-01-01T00:00:00.000Z","d":1.5,"e":5}',
    );
  });

  test('without a JSON text are rejected; a toJSON on bigints is ignored', () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    expect(() => stringifyJson(circle)).toThrow(/cannot be converted to JSON/);
    expect(() => stringifyJson(undefined)).toThrow(/cannot be converted to JSON/);
    const prototype = BigInt.prototype as { toJSON?: () => string };
    prototype.toJSON = () => 'bent';
    try {
      expect(stringifyJson([5n])).toBe('[5]');
    } finally {
      delete prototype.toJSON;
    }
  });
});
