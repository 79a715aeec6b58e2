import { optional, string } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

function line({ name, usage }: { readonly name: string; readonly usage: string }) {
  return {
    command: `${name} ${usage}`,
  };
}

export const help = defineCommand({
  name: 'help',
  parameters: { command: optional(string) },
  validate({ command }, { node }: CallWith<'commands'>) {
    if (command !== undefined && node.commands.find(command) === undefined) {
      throw new CommandError(ErrorCode.unknownCommand, `Unknown command ${command}`);
    }
  },
  run({ command }, { node }: CallWith<'commands'>) {
    const one = command === undefined ? undefined : node.commands.find(command);
    return {
      help: one === undefined ? node.commands.sorted().map(line) : [line(one)],
      // lightning-cli prints the result as text, not as JSON.
      'format-hint': 'simple',
    };
  },
});
