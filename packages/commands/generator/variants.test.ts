import { describe, expect, test } from 'vitest';
import type { FactSchema } from './fact-types.ts';
import { TypeWriter } from './object-types.ts';
import { decompose } from './variants.ts';

const STATUS: FactSchema = { type: 'string', enum: ['unpaid', 'paid', 'expired'] };

function when(
  name: string,
  values: readonly unknown[],
  then: FactSchema,
  otherwise?: FactSchema,
): FactSchema {
  return {
    if: { properties: { [name]: { enum: values } } },
    then,
    ...(otherwise !== undefined && { else: otherwise }),
  };
}

/** The values that a variant allows for each member with a list of values, and the other members. */
function shapes(schema: FactSchema): unknown[] {
  return decompose(schema).unions.map((union) =>
    union.map(({ properties, required, absent }) => ({
      ...Object.fromEntries(
        Object.entries(properties).map(([name, { enum: values }]) => [
          name,
          values ?? required.includes(name),
        ]),
      ),
      ...Object.fromEntries(absent.map((name) => [name, 'absent'])),
    })),
  );
}

describe('conditions become unions', () => {
  test('one value against the others', () => {
    const schema: FactSchema = {
      properties: { status: STATUS, label: { type: 'string' } },
      required: ['status', 'label'],
      allOf: [
        when('status', ['paid'], {
          properties: { label: {}, paid_at: { type: 'u64' } },
          required: ['paid_at'],
        }),
      ],
    };
    expect(shapes(schema)).toEqual([
      [{ status: ['unpaid', 'expired'] }, { status: ['paid'], paid_at: true }],
    ]);
    expect(Object.keys(decompose(schema).common.properties)).toEqual(['label']);
  });

  test('several members at once', () => {
    const schema: FactSchema = {
      properties: { type: { enum: ['a', 'b'] }, valid: { type: 'boolean' } },
      required: ['type', 'valid'],
      allOf: [
        {
          if: { properties: { type: { enum: ['a'] }, valid: { enum: [true] } } },
          then: { properties: { id: { type: 'hex' } }, required: ['id'] },
        },
      ],
    };
    const [union] = shapes(schema) as [{ type: string[]; valid: boolean[]; id?: boolean }[]];
    expect(union).toContainEqual({ type: ['a'], valid: [true], id: true });
    const cells = union.flatMap(({ type, valid }) =>
      type.flatMap((one) => valid.map((two) => `${one} ${two}`)),
    );
    expect(cells.toSorted()).toEqual(['a false', 'a true', 'b false', 'b true']);
  });

  test('the presence of a member', () => {
    const schema: FactSchema = {
      properties: { scid: { type: 'short_channel_id' }, direction: { type: 'u32' } },
      required: [],
      if: { required: ['scid'] },
      then: { required: ['direction'] },
    };
    expect(shapes(schema)).toEqual([
      [
        { scid: true, direction: true },
        { direction: false, scid: 'absent' },
      ],
    ]);
  });

  test('independent ones stay apart', () => {
    const schema: FactSchema = {
      properties: { status: STATUS, reserved: { type: 'boolean' } },
      required: ['status', 'reserved'],
      allOf: [
        when('status', ['paid'], { properties: { paid_at: { type: 'u64' } } }),
        when('reserved', [true], { properties: { until: { type: 'u32' } } }),
      ],
    };
    expect(shapes(schema)).toHaveLength(2);
  });

  test('those without consequences disappear', () => {
    const schema: FactSchema = {
      properties: { status: STATUS },
      required: ['status'],
      allOf: [
        when('status', ['paid'], { properties: { status: {} } }, { properties: { status: {} } }),
      ],
    };
    const { common, unions } = decompose(schema);
    expect(unions).toEqual([]);
    expect(common).toEqual({ properties: { status: STATUS }, required: ['status'] });
  });

  test('nested ones count', () => {
    const schema: FactSchema = {
      properties: { result: { enum: ['continue', 'fail', 'resolve'] } },
      required: ['result'],
      ...when(
        'result',
        ['fail'],
        {},
        when('result', ['resolve'], { properties: { key: { type: 'hex' } }, required: ['key'] }),
      ),
    };
    expect(shapes(schema)).toEqual([
      [{ result: ['continue', 'fail'] }, { result: ['resolve'], key: true }],
    ]);
  });
});

describe('types', () => {
  function write(schema: FactSchema, direction: 'param' | 'result' = 'result'): string {
    const writer = new TypeWriter(direction, () => undefined);
    writer.declare('Mine', schema, []);
    return writer.declarations.join('\n').replaceAll(/\s+/g, ' ');
  }

  test('of results are read-only, and amounts are integers', () => {
    expect(
      write({
        properties: { a_msat: { type: 'msat' }, 'a-b': { type: 'array', items: { type: 'u8' } } },
        required: ['a_msat'],
      }),
    ).toBe('export interface Mine { readonly a_msat: Msat; readonly "a-b"?: readonly number[]; }');
  });

  test('of parameters allow texts with a unit, and leave out hidden ones', () => {
    expect(
      write(
        { properties: { a_msat: { type: 'msat' }, dev_x: { hidden: true } }, required: [] },
        'param',
      ),
    ).toBe('export interface Mine { a_msat?: MsatInput | undefined; }');
  });

  test('of equal objects share a name, and others get a number', () => {
    const nested = (type: string): FactSchema => ({
      properties: { path: { type: 'object', properties: { id: { type } } } },
    });
    const schema: FactSchema = {
      properties: { status: STATUS },
      required: ['status'],
      allOf: [
        when('status', ['paid'], nested('hex')),
        when('status', ['unpaid'], nested('hex')),
        when('status', ['expired'], nested('u8')),
      ],
    };
    const text = write(schema);
    expect(text.match(/export interface \w+/g)).toEqual([
      'export interface MinePath',
      'export interface MinePath2',
    ]);
  });

  test('that lightningd did not have so far are an error', () => {
    expect(() => write({ properties: { a: { type: 'u128' } } })).toThrow(/unknown type u128/);
  });
});
