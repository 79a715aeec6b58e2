import { optional } from '../params/declaration.ts';
import { string } from '../params/texts.ts';
import { defineCommand, type Command } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const line = ({ name, usage }: Command) => ({ command: `${name} ${usage}` });

export const help = defineCommand({
  name: 'help',
  parameters: { command: optional(string) },
  validate({ command }, { node }) {
    if (command !== undefined && node.commands.find(command) === undefined) {
      throw new CommandError(ErrorCode.unknownCommand, `Unknown command ${command}`);
    }
  },
  run({ command }, { node }) {
    const one = command === undefined ? undefined : node.commands.find(command);
    return {
      help: one === undefined ? node.commands.sorted().map(line) : [line(one)],
      // Tells lightning-cli that this is fit for people.
      'format-hint': 'simple',
    };
  },
});
