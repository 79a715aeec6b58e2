import { anything, type ParamsToken, readParams, required } from '@clnrest/lightningd/parameters';
import type { Node } from '../node.ts';
import { checked, type Command, type CommandCall } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = { command_to_check: required(anything) };

/** Validates a call of another command without running it. */
export const check: Command<Node> = {
  name: 'check',
  usage: 'command_to_check',
  run(call, params) {
    const { command, rest } = commandToCheck(call, params);
    return command.check(call, rest);
  },
  check(call, params) {
    commandToCheck(call, params);
    return checked('check');
  },
};

function commandToCheck(
  call: CommandCall<Node>,
  params: ParamsToken,
): { command: Command<Node>; rest: ParamsToken } {
  const options = { developer: call.developer, allowExtra: true };
  const name = readParams(parameters, params, options).command_to_check.text;
  const command = call.node.commands.find(name);
  if (command === undefined) {
    throw new CommandError(ErrorCode.unknownCommand, `Unknown command '${name}'`);
  }
  const rest: ParamsToken =
    params.type === 'array'
      ? { ...params, items: params.items.slice(1) }
      : { ...params, members: params.members.filter(([key]) => key !== 'command_to_check') };
  return { command, rest };
}
