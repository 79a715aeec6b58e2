import { expect, test } from 'vitest';
import { readCommand } from './read-command.ts';

/** Nothing reads the runes: the commands have none. */
const NODE = { runes: undefined } as never;

function errorOf(id: string): unknown {
  try {
    return readCommand(Buffer.from(`{"method":"getinfo","id":${id}}`), '02', NODE);
  } catch (error) {
    return error;
  }
}

test.each(['-', '-a', '01', 'tru', 'nullx', '1e', '.5', '5.'])(
  'the id %s is refused, because the reply would not be JSON',
  (id) => {
    expect(errorOf(id)).toMatchObject({ code: 19_536, message: 'Invalid JSON' });
  },
);

test.each(['"a"', '"-"', '0', '-1.5e+3', '18446744073709551616', 'true', 'null', '[1]'])(
  'the id %s is accepted',
  (id) => {
    expect(errorOf(id)).toMatchObject({ code: 19_536, message: 'Missing rune' });
  },
);
