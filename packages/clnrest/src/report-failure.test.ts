import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reportFailure } from './report-failure.ts';
import { UsageError } from './usage-error.ts';

const RUNE = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';

function report(error: unknown, env: NodeJS.ProcessEnv = {}, errorColor = false) {
  let text = '';
  const status = reportFailure(
    'start',
    error,
    { error: (part) => (text += part), errorColor },
    env,
  );
  return { status, text };
}

test('an error of the system is a sentence with the path and the reason', () => {
  let error: unknown;
  try {
    mkdirSync('/dev/null/x');
  } catch (cause) {
    error = cause;
  }
  expect(report(error)).toEqual({
    status: 1,
    text: 'clnrest start: cannot use /dev/null/x: a part of the path is not a directory (ENOTDIR)\n',
  });
});

test.each([
  [
    "Cannot find package 'libsql' imported from /x/cli.js",
    'the dependency libsql is not installed: run npm ci',
  ],
  [
    "Cannot find module '/x/dist/chunk.js' imported from /x/cli.js",
    'the command is built only in part: run npm run build',
  ],
])('%s names the fix', (message, fix) => {
  const error = Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
  const { status, text } = report(error);
  expect([status, text]).toEqual([3, expect.stringContaining(fix)]);
});

test('a fault is one line without its trace, unless CLNREST_DEBUG is set', () => {
  const fault = new TypeError(`x is not a function: ${RUNE}\nmore`);
  const { status, text } = report(fault);
  expect(status).toBe(4);
  expect(text.split('\n')).toHaveLength(2);
  expect(text).toContain('internal error: x is not a function: (hidden)');
  const debug = report(fault, { CLNREST_DEBUG: '1' }).text;
  expect(debug).toMatch(/\n {4}at /);
  expect(debug).not.toContain(RUNE.slice(0, 20));
});

test('the name is red only if the terminal has colour', () => {
  expect(report(new UsageError('no'), {}, true).text).toBe(
    '\u001B[31mclnrest start:\u001B[39m no\n',
  );
  expect(report(new UsageError('no')).text).toBe('clnrest start: no\n');
});
