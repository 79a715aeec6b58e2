import { describe, expect, test } from 'vitest';
import { FrameError } from './frame-error.ts';
import { readMembers } from './members.ts';

describe('readMembers', () => {
  test('keeps every digit and all white space of a value', () => {
    const members = readMembers(
      ' {"a": 12345678901234567890.0 ,"b":{ "c" : [ 1 ] },"é":"\\u00e9"} ',
    );
    expect([...members]).toEqual([
      ['a', '12345678901234567890.0'],
      ['b', '{ "c" : [ 1 ] }'],
      ['é', '"\\u00e9"'],
    ]);
  });

  test('returns the first of repeated keys, escaped or not', () => {
    expect(readMembers('{"id":1,"\\u0069d":2}').get('id')).toBe('1');
  });

  test('reads an empty object', () => {
    expect(readMembers('{}').size).toBe(0);
  });

  test.each(['', ' ', '{', '{"a":1', '{}{}', '{}{"a":1}', '[]', '{} x'])('rejects %j', (text) => {
    expect(() => readMembers(text)).toThrow(FrameError);
  });
});
