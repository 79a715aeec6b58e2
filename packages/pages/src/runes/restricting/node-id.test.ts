import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readNodeId } from './node-id.ts';

const ID = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';

describe('a node id is read', () => {
  test.each([
    ID,
    `  ${ID}\n`,
    `\t${ID.slice(0, 30)}\n  ${ID.slice(30)}`,
    ID.toUpperCase(),
    `${ID}@127.0.0.1:9735`,
    `${ID.toUpperCase()} @ [::1]:9735`,
    `${ID}@ws://example.com:9736/node`,
    `"${ID}"`,
    `'${ID}@host'`,
    `"${ID}",`,
    `“${ID}”`,
    `\u00a0${ID}`,
  ])('from %j', (text) => {
    expect(readNodeId(text)).toEqual({ nodeId: ID });
  });
});

describe('the problem is named', () => {
  test.each([
    ['', 'Enter a node id'],
    ['  ""', 'Enter a node id'],
    ['@127.0.0.1:9735', 'Enter a node id'],
    [ID.slice(1), '65 hex digits'],
    [`${ID}${ID}`, '132 hex digits'],
    [`${ID} ${ID}@host:9735`, '132 hex digits'],
    [`04${ID.slice(2)}`, 'This starts with 04'],
    ['11'.repeat(32), 'as private keys'],
    [`${ID.slice(0, 65)}g`, '“g” is not a hex digit'],
    ['carol', '“r” is not a hex digit'],
    [`id=${ID}`, '“i” is not a hex digit'],
    [`${ID}\u202e`, String.raw`“\u202e” is not a hex digit`],
    [`0x${ID}`, '“x” is not a hex digit'],
    ['127.0.0.1:9735', '“.” is not a hex digit'],
    // 5 is the x coordinate of no point.
    [`02${'5'.padStart(64, '0')}`, 'no public key has these digits'],
    [`03${'f'.repeat(64)}`, 'no public key has these digits'],
  ])('of %j', (text, words) => {
    expect(readNodeId(text)).toEqual({ problem: expect.stringContaining(words) as string });
  });
});

test('any text is an id or a problem without the whole text', () => {
  const secret = fc.string({ minLength: 12, unit: 'binary' });
  fc.assert(
    fc.property(secret, (text) => {
      const read = readNodeId(text);
      expect('problem' in read && !read.problem.includes(text)).toBe(true);
    }),
  );
});
