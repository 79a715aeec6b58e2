import { expect, test } from 'vitest';
import { readCommands, usageOf } from './commands.ts';

const usages = (...commands: readonly unknown[]): string[] =>
  readCommands({ help: commands.map((command) => ({ command })) }).map(usageOf);

test('commands are read from their usage, by name', () => {
  expect(
    usages(
      'pay bolt11 [amount_msat] [label]',
      'getinfo ',
      'dev subcommand=crash|rhash|slowcmd\n\tcrash …',
      'fundchannel id amount [feerate [announce]]',
      'a [b c] d',
    ),
  ).toEqual([
    'a [b] [c] d',
    'dev subcommand',
    'fundchannel id amount [feerate] [announce]',
    'getinfo takes no parameters',
    'pay bolt11 [amount_msat] [label]',
  ]);
});

test.each([undefined, null, 'help', [], {}, { help: {} }, { help: [null, 5, {}, { command: 5 }] }])(
  'returns no commands for %j',
  (answer) => {
    expect(readCommands(answer)).toEqual([]);
  },
);

test('malformed usages are skipped', () => {
  expect(usages('', '   ', 'x\u202e ]]] <b> [[[', '__proto__ constructor')).toEqual([
    '__proto__ constructor',
    String.raw`x\u202e takes no parameters`,
  ]);
});
