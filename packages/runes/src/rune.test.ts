import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Alternative,
  runeRefusal,
  type Condition,
  CONDITIONS,
  refusalReason,
  Master,
  parseRestrictions,
  Restriction,
  Rune,
  RuneSyntaxError,
} from './index.ts';
import { bytesFromText, textFromBytes } from './text.ts';

const code = new Uint8Array(32).fill(7);
const master = new Master(code);
const [no] = parseRestrictions('[[]]', 'createrune') as [Restriction];
const some = Restriction.of('pnum=0');

/** Returns the result, or undefined for the typed error. */
function constructed<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(error).toBeInstanceOf(RuneSyntaxError);
    return undefined;
  }
}

/** Any text that bytes without NUL can represent, including invalid UTF-8. */
const text = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => textFromBytes(bytes.filter((byte) => byte !== 0)));
const fieldname = fc.oneof(
  fc.constantFrom('time', 'id', 'method', 'pnum', 'pnamelabel', 'parr0', 'rate', 'per', 'x'),
  text.map((name) => textFromBytes(bytesFromText(`n${name.replace(/[!-^`{-~/]/g, '')}`))),
);
const alternative = fc
  .tuple(fieldname, fc.constantFrom(...CONDITIONS), fc.oneof(text, fc.stringMatching(/^[\\|&=]*$/)))
  .map(([name, condition, value]) => new Alternative(name, condition, value));
const restriction = fc
  .array(alternative, { minLength: 1, maxLength: 4 })
  .map((alternatives) => new Restriction(alternatives));
const restrictions = fc.array(restriction, { maxLength: 5 });
const call = fc.record({
  now: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  method: fc.constantFrom(undefined, 'getinfo', 'list', 'pay'),
  nodeId: fc.constantFrom(undefined, `02${'ab'.repeat(32)}`),
  params: fc.constantFrom(undefined, '{}', '[]', '["a",5]', '{"label":"x","a_b":-0}'),
});

describe('encoding', () => {
  test('every byte sequence has one text and survives a round trip', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(bytesFromText(textFromBytes(bytes))).toEqual(bytes);
      }),
    );
  });

  test('a rune survives both of its forms', () => {
    fc.assert(
      fc.property(restrictions, (all) => {
        const rune = master.create('5', all);
        expect(Rune.fromBase64(rune.toBase64())).toEqual(rune);
        expect(Rune.fromBase64(rune.toBase64().replace(/=+$/, ''))).toEqual(rune);
        expect(Rune.fromString(rune.toString())).toEqual(rune);
        expect(Rune.fromBase64(rune.toBase64()).toBase64()).toBe(rune.toBase64());
      }),
    );
  });

  test('a restriction with any values survives its encoding', () => {
    fc.assert(
      fc.property(restriction, (one) => {
        expect(Restriction.parse(one.encode())).toEqual(one);
        expect(one.alternatives.map((each) => Alternative.of(String(each)))).toEqual(
          one.alternatives,
        );
        const json = JSON.stringify(one.encode());
        if (!json.includes('\\u')) expect(parseRestrictions(json, 'commando')).toEqual([one]);
      }),
    );
    for (const value of ['&', '\\', '|', '&&', '\\&', 'x|', '']) {
      const one = new Restriction([new Alternative('a', '=', value)]);
      expect(Restriction.parse(one.encode())).toEqual(one);
    }
  });

  test('everything that can be constructed is parsed with the same meaning', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom('\0', '\\', '|', '&', '=', '!', '_', 'é', '\ud800', '\udc80', '\udcc3\udca9'),
    );
    const any = fc.array(unit, { maxLength: 4 }).map((units) => units.join(''));
    const condition = fc.constantFrom(...CONDITIONS);
    fc.assert(
      fc.property(any, condition, any, any, (name, operator, value, id) => {
        const rune = constructed(() =>
          master.create(id, [
            new Restriction([
              new Alternative(name, operator, value),
              new Alternative('a', '=', ''),
            ]),
          ]),
        );
        if (rune === undefined) return;
        expect(Rune.fromBase64(rune.toBase64())).toEqual(rune);
        expect(Rune.fromString(rune.toString())).toEqual(rune);
        for (const one of rune.restrictions) expect(Restriction.parse(one.encode())).toEqual(one);
      }),
      { numRuns: 800 },
    );
  });

  test('everything that can be parsed is encoded unchanged', () => {
    const unit = fc.constantFrom(
      'a',
      '1',
      '=',
      '!',
      '&',
      '|',
      '\\',
      '-',
      'é',
      '\udc80',
      '\udcc3\udca9',
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 10 }), (units) => {
        const given = `${'0'.repeat(64)}:${units.join('')}`;
        const rune = constructed(() => Rune.fromString(given));
        if (rune === undefined) return;
        expect(rune.toString()).toBe(given);
        expect(Rune.fromBase64(rune.toBase64())).toEqual(rune);
      }),
      { numRuns: 5000 },
    );
  });

  // Each would be parsed differently or not at all.
  test.each<[string, string, Condition, string, string, number]>([
    ['wider', 'pnamea=1|method', '=', 'getinfo', 'bad_operator', 6],
    ['unreadable', 'x&a', '!', '', 'bad_operator', 1],
    ['the id', '', '=', '5', 'bad_operator', 0],
    ['no operator', 'a', '==' as Condition, '5', 'bad_operator', 1],
    ['a zero byte', 'a', '=', 'x\0', 'nul_byte', 3],
    ['a zero byte', 'a\0', '=', 'x', 'nul_byte', 1],
    ['half a character', 'a', '=', 'x\ud800', 'bad_text', 3],
    ['half a character', '\udfff', '=', '', 'bad_text', 0],
    ['bytes that are a letter', 'a', '=', '\udcc3\udca9', 'bad_text', 2],
  ])('the alternative is rejected: %s, %j %s %j', (_, name, condition, value, code, offset) => {
    const make = (): Alternative => new Alternative(name, condition, value);
    expect(make).toThrow(RuneSyntaxError);
    expect(make).toThrow(expect.objectContaining({ code, offset }));
  });

  test.each<[string, () => unknown, string]>([
    ['a restriction of nothing', () => new Restriction([]), 'empty'],
    ['nor from no text', () => Restriction.of(), 'empty'],
    ['an id with a version inside', () => new Rune(code, '5-1', undefined, []), 'bad_id'],
    ['a version without an id', () => new Rune(code, undefined, '1', []), 'bad_id'],
    [
      'an empty restriction before another',
      () => new Rune(code, '5', undefined, [no, some]),
      'empty',
    ],
    ['one with nothing before it', () => new Rune(code, undefined, undefined, [no]), 'empty'],
    ['a restriction after an empty one', () => master.create('5', [no]).restrict(some), 'empty'],
    ['nor are all that are', () => master.create('5', [no]).restrictAll([some]), 'empty'],
    ['an id with a zero byte', () => new Rune(code, '5\0', undefined, []), 'nul_byte'],
    ['an id of half a character', () => master.create('\ud800'), 'bad_text'],
  ])('%s is rejected', (_, make, why) => {
    expect(make).toThrow(RuneSyntaxError);
    expect(make).toThrow(expect.objectContaining({ code: why }));
  });

  test.each([
    ['a=1&', 'trailing_text', 3],
    ['a=1&b=2', 'trailing_text', 3],
    ['a=1|b=2|=3', 'bad_operator', 8],
    ['=3', 'bad_operator', 0],
    ['a=1\\', 'bad_escape', 3],
    ['a=1\0', 'nul_byte', 3],
    ['a=\\|b\ud800', 'bad_text', 5],
  ])('the restriction %j is rejected: %s at %i', (input, code, offset) => {
    expect(() => Restriction.parse(input)).toThrow(expect.objectContaining({ code, offset }));
  });

  test('an unnecessary escape is accepted in a restriction but not in a rune', () => {
    expect(Restriction.parse('a=1\\x').encode()).toBe('a=1x');
  });

  test('without an id, and with a version', () => {
    const bare = Rune.fromString(`${'0'.repeat(64)}:method=getinfo`);
    expect([bare.uniqueId, bare.version, bare.restrictions.length]).toEqual([
      undefined,
      undefined,
      1,
    ]);
    const versioned = master.create('5', [], '1');
    expect(versioned.toString()).toMatch(/:=5-1$/);
    expect(master.verify(versioned)).toBe('Version mismatch');
  });

  test.each([
    ['', 'too_short'],
    ['YWJj', 'too_short'],
    ['!!!', 'bad_base64'],
    [' KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==', 'bad_base64'],
    ['KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==\n', 'bad_base64'],
    ['KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA===', 'bad_base64'],
    ['KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA=', 'bad_base64'],
    ['KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MB==', 'bad_base64'],
    ['C7BXgV6nEq/W2VLxvn5OQ21N+Ic1xrRE1v2538JLC/Y9NTA=', 'bad_base64'],
  ])('%j is rejected: %s', (input, code) => {
    expect(() => Rune.fromBase64(input)).toThrow(expect.objectContaining({ code }));
  });

  test.each(['=', '==', '===', '====', '====='])(
    '%s after a complete group is rejected',
    (surplus) => {
      const whole = master.create('5', [Restriction.of('pnum=0', 'method=pa')]).toBase64();
      expect(whole).toMatch(/[^=]$/);
      expect(() => Rune.fromBase64(whole + surplus)).toThrow(
        expect.objectContaining({ code: 'bad_base64' }),
      );
    },
  );

  const hex = '00'.repeat(32);
  test.each([
    ['xyz', 'bad_hex', 0],
    [`${hex}=0`, 'bad_hex', 0],
    [`${hex}:method`, 'bad_operator', 6],
    [`${hex}:=0&method@x`, 'bad_operator', 9],
    [`${hex}:=0&a=b|`, 'bad_operator', 7],
    [`${hex}:a=b\\`, 'bad_escape', 3],
    [`${hex}:a=b&=0`, 'misplaced_id', 4],
    [`${hex}:=0|a=b`, 'misplaced_id', 0],
    [`${hex}:/0`, 'misplaced_id', 0],
    [`${hex}:a=\0`, 'nul_byte', 2],
    [`${hex}:a=\ud800`, 'bad_text', 2],
    [`${hex}:=0&a=1\\x`, 'bad_escape', 6],
    [`${hex}:=\\0`, 'bad_escape', 1],
    [`${hex}:=0&&`, 'bad_operator', 3],
  ])('%j is rejected: %s at %i', (input, code, offset) => {
    expect(() => Rune.fromString(input)).toThrow(expect.objectContaining({ code, offset }));
  });

  test('no input throws anything but the typed error', () => {
    const only = (read: () => unknown): void => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(RuneSyntaxError);
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (input) => {
        only(() => Rune.fromBase64(input));
        only(() => Rune.fromString(`${hex}:${input}`));
        only(() => Restriction.parse(input));
        only(() => Alternative.of(input));
        only(() => refusalReason(master.create('0'), { now: 0n, params: input }));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 60 }), (bytes) => {
        only(() => Rune.fromBase64(Buffer.from(bytes).toString('base64url')));
      }),
    );
  });

  // Quadratic time would exceed the test's timeout.
  test('long hostile input takes linear time', () => {
    const long = 400_000;
    const alternatives = Rune.fromString(`${hex}:=0&${'a=|'.repeat(long)}a=`);
    expect(alternatives.restrictions[0]?.alternatives).toHaveLength(long + 1);
    const backslashes = Rune.fromString(`${hex}:=0&a=${'\\'.repeat(long)}`);
    expect(backslashes.restrictions[0]?.alternatives[0]?.value).toHaveLength(long / 2);
    const ampersands = `${hex}:=0${'&a=1'.repeat(long)}`;
    expect(Rune.fromString(ampersands).restrictions).toHaveLength(long);
    expect(Rune.fromBase64(backslashes.toBase64()).uniqueId).toBe('0');
    const reason = refusalReason(alternatives, {
      now: 0n,
      params: `{"a":${'['.repeat(400)}${']'.repeat(400)}}`,
    });
    expect(reason?.startsWith('a not present AND ')).toBe(true);
    const invoices = Rune.fromString(`${hex}:=0&${'pinva_amount<5|'.repeat(50_000)}pinva_amount<5`);
    let read = 0;
    const readInvoice = () => ({ problem: `read ${++read} times` });
    refusalReason(invoices, { now: 0n, params: '{"a":"x"}' }, { readInvoice });
    expect(read).toBe(1);
    const digits = `${hex}:time<${'9'.repeat(long)}`;
    expect(refusalReason(Rune.fromString(digits), { now: 0n })).toMatch(/ is not a valid integer$/);
  });
});

describe('restricting', () => {
  test('needs no secret and returns the rune that the node would have issued', () => {
    fc.assert(
      fc.property(restrictions, restrictions, (first, second) => {
        const derived = Rune.fromBase64(master.create('9', first).toBase64()).restrictAll(second);
        expect(derived).toEqual(master.create('9', [...first, ...second]));
        expect(master.verify(derived)).toBeUndefined();
        expect(second.reduce((rune, one) => rune.restrict(one), master.create('9', first))).toEqual(
          derived,
        );
      }),
    );
  });

  test('never allows a call that was refused', () => {
    fc.assert(
      fc.property(restrictions, restriction, call, (all, more, asked) => {
        const parent = master.create('1', all);
        if (refusalReason(parent, asked) === undefined) return;
        expect(refusalReason(parent.restrict(more), asked)).toBe(refusalReason(parent, asked));
      }),
      { numRuns: 300 },
    );
  });

  test('matches the worked examples of the manuals', () => {
    const peer = '024b9a1fa8e006f1e3937f65f66c408e6da8e1ca728ea43222a7381df1cc449605';
    const first = Rune.fromBase64(
      'fTQnfL05coEbiBO8SS0cvQwCcPLxE9c02pZCC6HRVEY9MyZpZD0wMjRiOWExZmE4ZTAwNmYxZTM5MzdmNjVmNjZjNDA4ZTZkYThlMWNhNzI4ZWE0MzIyMmE3MzgxZGYxY2M0NDk2MDUmbWV0aG9kPWxpc3RwZWVycyZwbnVtPTEmcG5hbWVpZF4wMjRiOWExZmE4ZTAwNmYxZTM5M3xwYXJyMF4wMjRiOWExZmE4ZTAwNmYxZTM5Mw==',
    );
    expect(first.encodedRestrictions()).toEqual([
      '=3',
      `id=${peer}`,
      'method=listpeers',
      'pnum=1',
      'pnameid^024b9a1fa8e006f1e393|parr0^024b9a1fa8e006f1e393',
    ]);
    // The manual's command line puts both into one restriction; the rune that it prints has two.
    const second = first.restrictAll([Restriction.of('time<1656920538'), Restriction.of('rate=2')]);
    expect(second.toBase64()).toBe(
      'tU-RLjMiDpY2U0o3W1oFowar36RFGpWloPbW9-RuZdo9MyZpZD0wMjRiOWExZmE4ZTAwNmYxZTM5MzdmNjVmNjZjNDA4ZTZkYThlMWNhNzI4ZWE0MzIyMmE3MzgxZGYxY2M0NDk2MDUmbWV0aG9kPWxpc3RwZWVycyZwbnVtPTEmcG5hbWVpZF4wMjRiOWExZmE4ZTAwNmYxZTM5M3xwYXJyMF4wMjRiOWExZmE4ZTAwNmYxZTM5MyZ0aW1lPDE2NTY5MjA1MzgmcmF0ZT0y',
    );
  });
});

describe('forgery', () => {
  const genuine = master.create('3', [Restriction.of('method^list', 'method=summary')]);

  // All three paddings; of those that end in one `=`, `m` in its place appends a `&`.
  test.each([
    ['', 'pa'],
    ['=', 'payy'],
    ['==', 'pay'],
  ])('no rune verifies after any one byte of it is changed: padding %j', (padding, method) => {
    const original = master.create('3', [Restriction.of('pnum=0', `method=${method}`)]).toBase64();
    expect(/[^=](=*)$/.exec(original)?.[1]).toBe(padding);
    const verifies = (text: string): boolean => {
      const rune = constructed(() => Rune.fromBase64(text));
      return rune !== undefined && master.verify(rune) === undefined;
    };
    expect(verifies(original)).toBe(true);
    const accepted: string[] = [];
    for (let at = 0; at < original.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const letter = String.fromCharCode(byte);
        if (letter === original[at]) continue;
        const forged = original.slice(0, at) + letter + original.slice(at + 1);
        if (verifies(forged)) accepted.push(forged);
      }
    }
    expect(accepted).toEqual([]);
  });

  test('no rune verifies after an encoded byte of it is changed or appended', () => {
    const readable = genuine.toString();
    const verifies = (text: string): boolean => {
      const rune = constructed(() => Rune.fromString(text));
      return rune !== undefined && master.verify(rune) === undefined;
    };
    expect(verifies(readable)).toBe(true);
    const accepted: string[] = [];
    const check = (forged: string): void => {
      if (verifies(forged)) accepted.push(forged);
    };
    for (let byte = 0; byte < 256; byte++) {
      const letter = String.fromCharCode(byte);
      check(readable + letter);
      for (let at = 65; at < readable.length; at++) {
        const rest = readable.slice(at);
        check(readable.slice(0, at) + letter + rest);
        if (letter === rest[0]) continue;
        check(readable.slice(0, at) + letter + rest.slice(1));
      }
    }
    expect(accepted).toEqual([]);
  });

  test('an empty restriction is kept, never holds and never verifies, as in a node', () => {
    const made = master.create('7', parseRestrictions('[[]]', 'createrune'));
    expect(made.toString()).toMatch(/:=7&$/);
    const read = Rune.fromBase64(made.toBase64());
    expect(read).toEqual(made);
    expect(read.toBase64()).toBe(made.toBase64());
    expect(master.verify(read)).toBe('Not derived from master');
    expect(refusalReason(read, { now: 0n })).toBeDefined();
  });

  test('no rune verifies after its restrictions are removed, reordered or moved to another id', () => {
    const two = genuine.restrict(Restriction.of('pnum=0'));
    const [one, other] = two.restrictions;
    for (const forged of [
      new Rune(two.code, '3', undefined, one === undefined ? [] : [one]),
      new Rune(
        two.code,
        '3',
        undefined,
        other === undefined || one === undefined ? [] : [other, one],
      ),
      new Rune(two.code, '4', undefined, two.restrictions),
      new Rune(two.code, undefined, undefined, two.restrictions),
    ]) {
      expect(master.verify(forged)).toBe('Not derived from master');
    }
  });

  test('the blacklist is checked before authenticity, authenticity before restrictions', () => {
    const asked = { now: 0n, method: 'stop' };
    const foreign = new Master(new Uint8Array(32).fill(8)).create('3');
    const isBlacklisted = (id: string): boolean => id === '3';
    expect(runeRefusal(master, foreign, asked, { isBlacklisted })?.code).toBe(1503);
    expect(runeRefusal(master, foreign, asked)?.code).toBe(1501);
    expect(runeRefusal(master, genuine, asked)?.code).toBe(1502);
  });
});

test('consoles do not print the code', async () => {
  const { inspect } = await import('node:util');
  const rune = master.create('3', [Restriction.of('method=getinfo')]);
  expect(inspect({ rune })).toBe('{ rune: Rune(…:=3&method=getinfo) }');
});
