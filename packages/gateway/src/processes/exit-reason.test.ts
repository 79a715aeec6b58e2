import { describe, expect, test } from 'vitest';
import { exitReason, uncaughtLine } from './exit-reason.ts';
import { OutputLines } from './output-lines.ts';

const SECRET = 'dGhpcyBpcyBhIHNlY3JldCBydW5lIHRoYXQgbXVzdCBub3QgYmUgbG9nZ2Vk';

describe('exitReason', () => {
  test('returns the uncaught error with the first stack frames', () => {
    const line = uncaughtLine(new TypeError('no\nname'));
    const reason = exitReason({ code: 1, signal: null, errors: ['noise', line, 'more noise'] });
    expect(reason).toMatch(/^TypeError: no\?name at .*exit-reason\.test\.ts/);
    expect(reason.match(/ at /g)?.length).toBeLessThanOrEqual(4);
  });

  test('returns one bounded line of ASCII without secrets', () => {
    const error = new Error(`${SECRET} ☃ ${'long '.repeat(10_000)}`);
    error.stack = `Error\n    at f (${SECRET}:1:2)\n${'    at g (h:1:2)\n'.repeat(1_000)}`;
    const reason = exitReason({ code: 1, signal: null, errors: [uncaughtLine(error)] });
    expect(reason).not.toContain(SECRET);
    expect(reason).toContain('at f ((hidden):1:2)');
    expect(reason).toMatch(/^[\x20-\x7e]{1,2000}$/);
  });

  test('limits the text that the process writes', () => {
    const errors = [
      `uncaught: ${SECRET} | ${'x '.repeat(5_000)} | ${Array(99).fill('y').join(' | ')}`,
    ];
    const reason = exitReason({ code: 1, signal: null, errors });
    expect(reason).not.toContain(SECRET);
    expect(reason.length).toBeLessThan(2_000);
  });

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['a text', 'a text'],
  ])('accepts any thrown value: %j', (thrown, words) => {
    expect(exitReason({ code: 1, signal: null, errors: [uncaughtLine(thrown)] })).toBe(words);
  });

  test.each([
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    ['# Fatal error in , line 0'],
    ['SyntaxError: Unexpected token'],
  ])('returns the message of V8: %s', (line) => {
    const errors = ['<--- Last few GCs --->', line, ' 1: 0xb9c0 node::Abort() [node]'];
    expect(exitReason({ code: null, signal: 'SIGABRT', errors })).toBe(
      `it was ended by SIGABRT: ${line}`,
    );
  });

  test('returns the exit status or signal if the process wrote no reason', () => {
    const errors = ['(node:1) Warning: something'];
    expect(exitReason({ code: null, signal: 'SIGKILL', errors })).toBe('it was ended by SIGKILL');
    expect(exitReason({ code: 7, signal: null, errors })).toBe('it exited with status 7');
  });
});

test('output is split into lines of bounded length', () => {
  const taken: string[] = [];
  const lines = new OutputLines((line) => taken.push(line));
  for (const piece of ['a', 'b\n\n\nc\r\n', '\u00e9', 'x'.repeat(1e6), 'y'.repeat(1e6), '\nend']) {
    lines.push(Buffer.from(piece));
  }
  lines.end();
  lines.end();
  expect(taken).toEqual(['ab', 'c', `\u00e9${'x'.repeat(1_999)}`, 'end']);
});
