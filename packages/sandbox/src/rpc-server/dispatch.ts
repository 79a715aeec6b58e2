import { ForwardedReply, type CommandReply, type CommandCall } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Node } from '../node.ts';
import { paramsToken } from '../params/read.ts';
import type { OutputItem } from './output-queue.ts';
import { errorReply, resultReply } from './reply.ts';
import { ReplyFilter } from './reply-filter.ts';
import type { InvalidRequest, RpcRequest } from './request.ts';

/** Creates the call for a request. */
type CallOf = (request: RpcRequest) => CommandCall<Node>;

/**
 * Runs the command of a request. Returns the reply, or a promise of it if the command waits. A command's error becomes an
 * error reply; the promise never rejects.
 */
export function dispatch(
  node: Node,
  request: RpcRequest | InvalidRequest,
  callOf: CallOf,
): readonly OutputItem[] | Promise<readonly OutputItem[]> {
  const { id } = request;
  const errorOutput = (error: unknown): readonly OutputItem[] => [
    errorReply(id, toCommandError(node, error)),
  ];
  if ('error' in request) return errorOutput(request.error);
  try {
    const command = node.commands.find(request.method);
    if (command === undefined) {
      throw new CommandError(ErrorCode.unknownCommand, `Unknown command '${request.method}'`);
    }
    const filter = request.filter === undefined ? undefined : ReplyFilter.parse(request.filter);
    const resultOutput = (reply: CommandReply): readonly OutputItem[] =>
      reply instanceof ForwardedReply
        ? [...reply.pieces, '\n\n']
        : [resultReply(id, reply, filter)];
    const reply = command.run(callOf(request), paramsToken(request.params));
    return reply instanceof Promise
      ? reply.then(resultOutput).catch(errorOutput)
      : resultOutput(reply);
  } catch (error) {
    return errorOutput(error);
  }
}

/** Any error other than a CommandError is a bug. The log gets the details, the caller only the fact. */
function toCommandError(node: Node, error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  node.log.log('broken', `command failed: ${error instanceof Error ? error.stack : String(error)}`);
  return new CommandError(ErrorCode.general, 'internal error of the sandbox; see its log');
}
