import { describe, expect, test } from 'vitest';
import { isLinear } from '@clnrest/testing';
import { encodePairingLink, extractRune, Rune, RuneSyntaxError } from './index.ts';

const RUNE = '9CsFtt9kKMTzzWxSEB31CFmOnCR6ZEKxfiQAnOmfdUQ9MCZtZXRob2Q9Z2V0aW5mbw==';
const LINK = encodePairingLink({ url: 'https://node.local:3010', rune: RUNE });

test.each([
  ['itself', RUNE],
  ['with space around it', `\n ${RUNE}\t\r\n`],
  ['with line breaks', RUNE.replace(/.{20}/g, '$&\r\n  ')],
  ['in double quotes', `"${RUNE}"\n`],
  ['in single quotes', `'${RUNE}'`],
  ['in backquotes', `\`${RUNE}\``],
  ["createrune's result", `{"rune":"${RUNE}","unique_id":"0"}`],
  [
    "createrune's result with a warning",
    `{\n   "rune": "${RUNE}",\n   "unique_id": "0",\n   "warning_unrestricted_rune": "WARNING: …"\n}\n`,
  ],
  ['a JSON-RPC response', `{"jsonrpc":"2.0","id":1,"result":{"rune":"${RUNE}"}}`],
  ['a variable', `LIGHTNING_RUNE="${RUNE}"`],
  ['a variable without quotes', `LIGHTNING_RUNE=${RUNE}\n`],
  ['a variable in single quotes', `LIGHTNING_RUNE='${RUNE}'`],
  ['an exported variable', `export CLNREST_RUNE = ${RUNE}`],
  [
    'a variable of an environment file',
    `LIGHTNING_PUBKEY="02ab"\r\nLIGHTNING_RUNE="${RUNE}"\r\nX=y\r\n`,
  ],
  ['a variable before a comment', `# of the shop\nLIGHTNING_RUNE="${RUNE}" # "mine"\n`],
  ['a variable without quotes before a comment', `LIGHTNING_RUNE=${RUNE}\t# mine`],
  ['an empty variable before another', `LIGHTNING_RUNE=\nCLNREST_RUNE=${RUNE}`],
  ['a variable in small letters', `rune=${RUNE}`],
  ['a header', `Rune: ${RUNE}`],
  ['a header among others', `Host: node.local\r\nrune: ${RUNE}\r\n`],
  ['in typographic quotes', `“${RUNE}”`],
  ['in German quotes', `„${RUNE}“`],
  ['in French quotes', `« ${RUNE} »`],
  ['the address of a page', `https://node.local:3010/runes#rune=${encodeURIComponent(RUNE)}`],
  ['the address of a page without escapes', `http://node.local/events#rune=${RUNE}`],
  ['a variable with a link', `LIGHTNING_RUNE="${LINK}"`],
  ['a link', LINK],
  ['a link in quotes', ` "${LINK}" `],
  ['the output of decode', Rune.fromBase64(RUNE).toString()],
])('finds the rune: %s', (_, text) => {
  const { rune } = extractRune(text);
  const read = /^[0-9a-f]{64}:/.test(rune) ? Rune.fromString(rune) : Rune.fromBase64(rune);
  expect(read.toBase64()).toBe(RUNE);
});

test('returns the address and the authority of a link', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const link = encodePairingLink({ url: 'https://node.local:3010', rune: RUNE, ca });
  expect(extractRune(`LIGHTNING_RUNE="${link}"`)).toEqual({
    rune: RUNE,
    url: 'https://node.local:3010',
    ca,
  });
});

test.each([
  ['https://node.local:3010/runes#rune=', 'https://node.local:3010'],
  ['https://node.local/node1/runes#rune=', 'https://node.local/node1'],
])('returns the address of the page %s', (page, url) => {
  expect(extractRune(page + RUNE)).toEqual({ rune: RUNE, url, ca: undefined });
});

describe('other texts', () => {
  test.each([
    ['', ''],
    [' x ', 'x'],
    ['hello world', 'hello world'],
    ['{"rune":5}', '{"rune":5}'],
    ['{"rune":', '{"rune":'],
    ['null', 'null'],
    ['"', '"'],
    ['LIGHTNING_RUNE=', ''],
    ['# nothing\nexport LIGHTNING_RUNE="" # yet\nX=y\n', ''],
    ['https://node.local/runes', 'https://node.local/runes'],
    ['https://node.local/runes#rune=%E0%A4%A', 'https://node.local/runes#rune=%E0%A4%A'],
    ['a\nb c', 'a\nb c'],
    [`${'0'.repeat(64)}:=0&a#\nX_RUNE=b`, `${'0'.repeat(64)}:=0&a#\nX_RUNE=b`],
    // One rune in many ends so.
    [`${'A'.repeat(40)}RUNE=`, `${'A'.repeat(40)}RUNE=`],
  ])('%j is returned as it is', (text, rune) => {
    expect(extractRune(text)).toEqual({ rune, url: undefined, ca: undefined });
  });

  test('a malformed link is an error that does not quote it', () => {
    const run = (): unknown => extractRune(`clnrest+https://node.local?rune=${RUNE}`);
    expect(run).toThrow(RuneSyntaxError);
    expect(run).not.toThrow(RUNE.slice(0, 10));
  });
});

test.each([
  '"',
  '\n',
  ' \n',
  'RUNE',
  'RUNE=',
  '{"rune":"',
  'export RUNE=',
  '{',
  'A_RUNE=\n',
  'A_RUNE=',
  '# ',
  'A_RUNE= #',
  'https://a#rune=',
  '&rune=',
  '\r',
])('many %j cost in proportion', async (piece) => {
  const repeat = (size: number): string => piece.repeat(Math.ceil(size / piece.length));
  expect(await isLinear(repeat, (text) => extractRune(text), 2 ** 17)).toBe(true);
});
