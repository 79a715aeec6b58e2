import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CurlCall, curlLines, quotedForShell } from './curl.ts';

const RUNE = 'OSqc7ixY6F-gjcigBfxtzKUI54uzgFSA6YfBQoWGDV89MA==';
const call = (change: Partial<CurlCall> = {}): CurlCall => ({
  address: new URL('https://node.local:3010'),
  rune: RUNE,
  method: 'getinfo',
  params: undefined,
  ...change,
});

/** Returns the words into which a shell splits a command line. */
function words(line: string): string[] {
  const print = line.replace(/^curl/, String.raw`printf '%s\0'`);
  return execFileSync('sh', ['-c', print], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('a call with curl', () => {
  test('without parameters', () => {
    expect(curlLines(call())).toBe(
      [
        'curl --cacert ca.pem',
        '--request POST',
        '--url https://node.local:3010/v1/getinfo',
        `--header 'Rune: ${RUNE}'`,
      ].join(' \\\n     '),
    );
  });

  test('has no --cacert over plain http', () => {
    const address = new URL('http://127.0.0.1:3010/behind/');
    expect(words(curlLines(call({ address }))).slice(0, 4)).toEqual([
      '--request',
      'POST',
      '--url',
      'http://127.0.0.1:3010/behind/v1/getinfo',
    ]);
  });

  test('with parameters', () => {
    const params = '{"label":"it\'s $HOME `id`"}';
    expect(words(curlLines(call({ method: 'invoice', params }))).slice(-4)).toEqual([
      '--header',
      'Content-Type: application/json',
      '--data',
      params,
    ]);
  });

  test('escapes deceptive characters', () => {
    const params = '["\u202e\u{e0041}\u2028\u007f"]';
    const lines = curlLines(call({ method: 'a/../b\u202e ?#\ud83d', params }));
    expect(lines).toContain(String.raw`["\u202e\udb40\udc41\u2028\u007f"]`);
    expect(lines).toContain('/v1/a%2F..%2Fb%E2%80%AE%20%3F%23%EF%BF%BD');
  });
});

test('a shell reads any quoted text as one word', () => {
  const text = fc.string({ unit: fc.constantFrom(...'a\'"\\$`!*?[]{}~#&|;<>() \n\té%=') });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (texts) => {
      expect(words(`curl ${texts.map(quotedForShell).join(' ')}`)).toEqual(texts);
    }),
    { numRuns: 30 },
  );
});
