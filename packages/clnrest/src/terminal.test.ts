import { expect, test } from 'vitest';
import { hasColor } from './terminal.ts';

test.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { NO_COLOR: '0' }, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{}, {}, false],
  [{ isTTY: false }, { FORCE_COLOR: '1' }, false],
])('a stream %j with %j has colour: %s', (stream, env, expected) => {
  expect(hasColor(stream, env)).toBe(expected);
});
