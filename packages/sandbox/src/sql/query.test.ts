import { beforeAll, expect, test } from 'vitest';
import { RawJson } from '@clnrest/json';
import type { CommandResult } from '../json/output.ts';
import { floatText } from './float-text.ts';
import { execute, QueryFailedError } from './query.ts';
import { Sqlite, SqlError } from './sqlite.ts';

let sqlite: Sqlite;

beforeAll(async () => {
  sqlite = await Sqlite.open();
});

function run(query: string, limits?: Parameters<typeof execute>[2]): CommandResult {
  const statement = sqlite.prepare(query);
  try {
    return execute(sqlite, statement, limits);
  } finally {
    statement.finalize();
  }
}

/** A million rows by a product, without recursion, which the authorizer denies. */
const TEN = `(select 0 ${'union all select 1 '.repeat(9)})`;
const MILLION = Array.from({ length: 6 }, (_, index) => `${TEN} t${index}`).join(', ');

test('a query without an end is interrupted, and the next one runs', () => {
  const endless = `select count(*) from ${MILLION}, ${TEN} u1, ${TEN} u2, ${TEN} u3, ${TEN} u4`;
  const started = performance.now();
  expect(() => run(endless, { time: 100, length: 1000 })).toThrow(
    new QueryFailedError('Executing statement: interrupted'),
  );
  expect(performance.now() - started).toBeLessThan(2000);
  expect(run('select 1')).toEqual({ rows: [RawJson.checked('[1]')] });
});

test('a long result ends with a warning after the rows that fit', () => {
  const { rows, warning_db_failure } = run(`select 12345678 from ${MILLION}`, {
    time: 5000,
    length: 1000,
  });
  expect(rows).toHaveLength(100);
  expect(warning_db_failure).toBe('Executing statement: interrupted');
});

test('a query cannot use all memory', () => {
  const long = 'a'.repeat(9000);
  const fat = `select '${long}' || '${long.slice(0, 900)}' x, t0.* from ${MILLION} order by 1 desc`;
  expect(() => run(fat, { time: 20_000, length: 1000 })).toThrow(/out of memory|too big/);
  expect(run('select 1')).toEqual({ rows: [RawJson.checked('[1]')] });
});

test('text that is not UTF-8 is a warning', () => {
  expect(run("select cast(x'41ff' as text), cast(x'410042' as text), 1")).toEqual({
    rows: [RawJson.checked('["INVALID UTF-8 STRING 41ff","A",1]')],
    warning_db_failure: 'Invalid UTF-8 string row 0 column 0',
  });
});

test('an infinite number is an error', () => {
  expect(() => run('select 1, 9e999')).toThrow(/infinite number/);
});

test('VACUUM has no effect', () => {
  expect(run("vacuum into '/tmp/x'")).toEqual({ rows: [] });
});

test('floats are exact, with ties to even, as in C', () => {
  // The values of printf("%f") in C.
  const cases: [number, string][] = [
    [0, '0.000000'],
    [-0, '-0.000000'],
    [0.1 + 0.2, '0.300000'],
    [0.0078125, '0.007812'],
    [0.0234375, '0.023438'],
    [-1.5, '-1.500000'],
    [9999999.9999999, '10000000.000000'],
    [1e22, '10000000000000000000000.000000'],
    [1e23, '99999999999999991611392.000000'],
    [5e-324, '0.000000'],
  ];
  for (const [value, text] of cases) expect(floatText(value)).toBe(text);
});

test('cells keep all bits, and texts their bytes', () => {
  sqlite.execute('create table cells (a integer, b real, c text, d blob, e text)');
  const insertion = sqlite.prepare('insert into cells values (?, ?, ?, ?, ?)');
  insertion.bind([-(1n << 63n), 0.5, 'é\0x', Buffer.alloc(0), null]);
  insertion.step();
  insertion.reset();
  insertion.bind([(1n << 63n) - 1n, -1, '', Buffer.from('ff00', 'hex'), 'z']);
  insertion.step();
  insertion.finalize();
  expect(run('select a, b, hex(c), length(d), d, e from cells')).toEqual({
    rows: [
      RawJson.checked('[-9223372036854775808,0.500000,"C3A90078",0,"",null]'),
      RawJson.checked('[9223372036854775807,-1.000000,"",2,"ff00","z"]'),
    ],
  });
  expect(() => sqlite.prepare('select * from nope')).toThrow(new SqlError('no such table: nope'));
});
