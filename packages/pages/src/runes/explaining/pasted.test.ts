import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_CHARACTERS, readPasted } from './pasted.ts';

const RUNE = '9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==';

/** Returns the rune's text, or the problem. */
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

describe('a rune is parsed', () => {
  test.each([
    ['unchanged', RUNE],
    ['without its padding', RUNE.replace(/=+$/, '')],
    ['with space around it', `\n  ${RUNE}\t\n`],
    ['with line breaks', RUNE.replace(/.{20}/g, '$&\n  ')],
    ['in quotes', `"${RUNE}"`],
    ['from the result of createrune', `{\n "rune": "${RUNE}",\n "unique_id": "0"\n}`],
    ['from an environment file', `LIGHTNING_PUBKEY="02ab"\nLIGHTNING_RUNE="${RUNE}"\n`],
    ['from a variable', `export LIGHTNING_RUNE='${RUNE}'`],
    [
      'from the output of decode',
      'f42b05b6df6428c4f3cd6c52101df508598e9c247a6442b17e24009ce99f7544:=0&method=getinfo',
    ],
  ])('%s', (_how, text) => {
    expect(read(text)).toBe(RUNE);
    expect(readPasted(text)).toHaveProperty('address', undefined);
  });

  test('from a pairing link, with the address', () => {
    const pasted = readPasted(`clnrest+https://node.local:3010?rune=${encodeURIComponent(RUNE)}`);
    expect(pasted).toHaveProperty('address', 'https://node.local:3010');
    expect(pasted.kind === 'rune' && pasted.rune.toBase64()).toBe(RUNE);
  });

  test('unless the text is empty', () => {
    expect(readPasted(' \n')).toEqual({ kind: 'nothing' });
  });
});

/** Returns a rune with these bytes after its code. */
const withText = (text: string): string =>
  Buffer.concat([Buffer.alloc(32), Buffer.from(text, 'latin1')]).toString('base64url');

describe('problems are described', () => {
  test.each([
    ['hello', 'Not a complete rune'],
    ['hello world', 'Not a rune: white space at character 6'],
    ['AAAA', 'This is too short to be a rune'],
    [
      `${RUNE.slice(0, 5)}+${RUNE.slice(6)}`,
      "Not a rune: '+' at character 6. Runes contain - and _",
    ],
    [`${RUNE.slice(0, 5)}/${RUNE.slice(6)}`, "Not a rune: '/' at character 6"],
    [`${RUNE.slice(0, 5)}<b>`, "'<' at character 6. Runes contain only letters"],
    [`${RUNE.slice(0, 5)}\u202e`, String.raw`'\u202e' at character 6`],
    [`${RUNE.slice(0, 5)}😀`, "'😀' at character 6"],
    [`${RUNE.slice(0, 5)}\ud83d`, String.raw`'\ud83d' at character 6`],
    ['AA==AAAA', "Not a rune: '=' at character 3"],
    [withText('=1&method'), 'invalid at character 10 (an operator is missing)'],
    [withText('=1&=2'), 'another unique id at character 4'],
    [withText('=1&a=\\'), 'invalid at character 6 (a backslash must be followed'],
    [withText('=1&a=\\x'), 'invalid at character 6 (an unnecessary backslash)'],
    [withText('=1&a=\0'), 'invalid at character 6 (a zero byte'],
    [withText('&a=1'), 'damaged'],
    ['clnrest+https://node.local?rune=x', 'Invalid pairing link: a host and a port'],
    ['clnrest+https://node.local:1?rune=a+b', "Not a rune: '+' at character 2"],
    ['{"rune":', "'{' at character 1"],
    ['{"rune":5}', "'{' at character 1"],
    [`${'0'.repeat(64)}:oops`, 'invalid at character 5'],
    ['A'.repeat(MAX_CHARACTERS + 1), 'too long to be a rune: 262145 characters'],
  ])('%j', (text, words) => {
    const problem = read(text);
    expect(problem).toContain(words);
    expect(problem.length).toBeLessThan(250);
  });

  test('for any pasted text', () => {
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
