import { describe, expect, test } from 'vitest';
import { code } from './markdown.ts';

describe('an untrusted text in Markdown', () => {
  test.each([
    ['invoice amount_msat [expiry]', '`invoice amount_msat [expiry]`'],
    ['![x](https://example.org/x.png)', '`![x](https://example.org/x.png)`'],
    ['a ` b', '``a ` b``'],
    ['a `` b ` c', '```a `` b ` c```'],
    ['`a`', '`` `a` ``'],
    ['two\nlines\r\n\tand more ', '`two lines and more`'],
    ['a\u202eb\u0000c\u200bd\ud800', '`a b c d`'],
  ])('%j is quoted as code', (text, expected) => {
    expect(code(text)).toBe(expected);
  });
});
