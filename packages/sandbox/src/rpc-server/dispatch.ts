import { ForwardedReply, type Answer, type CommandCall } from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Node } from '../node.ts';
import { paramsToken } from '../params/read.ts';
import type { Output } from './output-queue.ts';
import { errorReply, resultReply } from './reply.ts';
import { ReplyFilter } from './reply-filter.ts';
import type { Refused, Request } from './request.ts';

/** A caller's end of the line, as far as answering needs it. */
type CallOf = (request: Request) => CommandCall<Node>;

/**
 * Runs what a request asks for. The reply comes at once where it can, otherwise as a promise; it
 * is an error reply where the command refuses, and never a rejection.
 */
export function dispatch(
  node: Node,
  request: Request | Refused,
  callOf: CallOf,
): readonly Output[] | Promise<readonly Output[]> {
  const { id } = request;
  const refusal = (error: unknown): readonly Output[] => [
    errorReply(id, toCommandError(node, error)),
  ];
  if ('error' in request) return refusal(request.error);
  try {
    const command = node.commands.find(request.method);
    if (command === undefined) {
      throw new CommandError(ErrorCode.unknownCommand, `Unknown command '${request.method}'`);
    }
    const filter = request.filter === undefined ? undefined : ReplyFilter.parse(request.filter);
    const written = (answer: Answer): readonly Output[] =>
      answer instanceof ForwardedReply
        ? [...answer.pieces, '\n\n']
        : [resultReply(id, answer, filter)];
    const answer = command.run(callOf(request), paramsToken(request.params));
    return answer instanceof Promise ? answer.then(written).catch(refusal) : written(answer);
  } catch (error) {
    return refusal(error);
  }
}

/** Anything but a CommandError is a bug: the caller learns that much, and the log the rest. */
function toCommandError(node: Node, error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  node.log.log('broken', `command failed: ${error instanceof Error ? error.stack : String(error)}`);
  return new CommandError(ErrorCode.general, 'internal error of the sandbox: see its log');
}
