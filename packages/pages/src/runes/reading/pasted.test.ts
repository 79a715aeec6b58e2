import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_CHARACTERS, readPasted } from './pasted.ts';

const RUNE = '9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==';

/** What was read: the rune's text, or the words about what is wrong. */
function read(text: string): string {
  const pasted = readPasted(text);
  switch (pasted.kind) {
    case 'rune':
      return pasted.rune.toBase64();
    case 'problem':
      return pasted.words;
    case 'nothing':
      return '';
  }
}

describe('a rune is read', () => {
  test.each([
    ['as it is', RUNE],
    ['without its padding', RUNE.replace(/=+$/, '')],
    ['with space around it', `\n  ${RUNE}\t\n`],
    ['broken into lines', RUNE.replace(/.{20}/g, '$&\n  ')],
    ['between quotes', `"${RUNE}"`],
    ['out of what createrune answers', `{\n "rune": "${RUNE}",\n "unique_id": "0"\n}`],
    [
      'as decode shows it',
      'f42b05b6df6428c4f3cd6c52101df508598e9c247a6442b17e24009ce99f7544:=0&method=getinfo',
    ],
  ])('%s', (_how, text) => {
    expect(read(text)).toBe(RUNE);
    expect(readPasted(text)).toHaveProperty('address', undefined);
  });

  test('out of a pairing link, with where it leads', () => {
    const pasted = readPasted(`clnrest+https://node.local:3010?rune=${encodeURIComponent(RUNE)}`);
    expect(pasted).toHaveProperty('address', 'https://node.local:3010');
    expect(pasted.kind === 'rune' && pasted.rune.toBase64()).toBe(RUNE);
  });

  test('or nothing is there', () => {
    expect(readPasted(' \n')).toEqual({ kind: 'nothing' });
  });
});

/** A rune with these bytes behind its code. */
const withText = (text: string): string =>
  Buffer.concat([Buffer.alloc(32), Buffer.from(text, 'latin1')]).toString('base64url');

describe('what is wrong is told in words', () => {
  test.each([
    ['hello', 'This is no whole rune'],
    ['hello world', 'This is no rune: there is white space at character 6'],
    ['AAAA', 'This is too short to be a rune'],
    [
      `${RUNE.slice(0, 5)}+${RUNE.slice(6)}`,
      "it has a '+' at character 6. Runes are written with - and _",
    ],
    [`${RUNE.slice(0, 5)}/${RUNE.slice(6)}`, "it has a '/' at character 6"],
    [`${RUNE.slice(0, 5)}<b>`, "'<' at character 6 is none of the letters"],
    [`${RUNE.slice(0, 5)}\u202e`, String.raw`'\u202e' at character 6`],
    [`${RUNE.slice(0, 5)}😀`, "'😀' at character 6"],
    [`${RUNE.slice(0, 5)}\ud83d`, String.raw`'\ud83d' at character 6`],
    ['AA==AAAA', "the '=' at character 3"],
    [withText('=1&method'), 'damaged at character 10 (an operator is missing)'],
    [withText('=1&=2'), 'at character 4 of its restrictions stands another unique id'],
    [withText('=1&a=\\'), 'damaged at character 6 (a backslash must be followed'],
    [withText('=1&a=\\x'), 'damaged at character 6 (a backslash that is not needed)'],
    [withText('=1&a=\0'), 'damaged at character 6 (a zero byte'],
    [withText('&a=1'), 'damaged'],
    ['clnrest+https://node.local?rune=x', 'This is no pairing link: a host and a port'],
    ['clnrest+https://node.local:1?rune=a+b', "it has a '+' at character 2"],
    ['{"rune":', "'{' at character 1"],
    ['{"rune":5}', "'{' at character 1"],
    [`${'0'.repeat(64)}:oops`, 'damaged at character 5'],
    ['A'.repeat(MOST_CHARACTERS + 1), 'too long to be a rune: 262145 characters'],
  ])('%j', (text, words) => {
    const told = read(text);
    expect(told).toContain(words);
    expect(told.length).toBeLessThan(250);
  });

  test('for whatever is pasted', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('clnrest+https://a:1?rune=', '{"rune":"', 'A'.repeat(43), '=', '"', ':'),
    );
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        expect(readPasted(parts.join('')).kind).toMatch(/^(?:rune|problem|nothing)$/);
      }),
    );
  });

  test('also for bytes that only look like a rune', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 80 }), (bytes) => {
        const pasted = readPasted(Buffer.from(bytes).toString('base64url'));
        expect(pasted.kind).toMatch(/^(?:rune|problem)$/);
      }),
    );
  });
});
