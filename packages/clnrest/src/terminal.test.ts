import { expect, test } from 'vitest';
import { columnsOf, hasColor } from './terminal.ts';

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

test.each([
  [{ isTTY: true, columns: 120 }, {}, 120],
  [{ isTTY: true, columns: 120 }, { COLUMNS: '40' }, 40],
  [{}, { COLUMNS: '40' }, 40],
  [{}, {}, undefined],
  [{ columns: 120 }, { COLUMNS: '' }, undefined],
  [{ isTTY: true, columns: 120 }, { COLUMNS: '0' }, 120],
  [{}, { COLUMNS: '4e1' }, undefined],
  [{}, { COLUMNS: '-5' }, undefined],
])('a stream %j with %j has %s columns', (stream, env, expected) => {
  expect(columnsOf(stream, env)).toBe(expected);
});
