import { RpcError } from '@clnrest/lightningd';
import { paramsToken } from '@clnrest/lightningd/parameters';
import {
  ForwardedReply,
  type Command,
  type CommandCall,
  type CommandReply,
} from '../commands/command.ts';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Node } from '../node.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { OutputItem } from './output-queue.ts';
import { errorReply, resultReply } from './reply.ts';
import { ReplyFilter } from './reply-filter.ts';
import type { InvalidRequest, RpcRequest } from './request.ts';
import { callRpcCommandHooks } from './rpc-command-hook.ts';

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
    errorReply(id, toRpcError(node, error)),
  ];
  if ('error' in request) return errorOutput(request.error);
  try {
    // What another node of a shared world has done before the request is visible to it.
    node.world.shared?.refresh();
    node.world.partTimeouts.check();
    const command = findCommand(node, request);
    const filter = request.filter === undefined ? undefined : ReplyFilter.parse(request.filter);
    const resultOutput = (reply: CommandReply): readonly OutputItem[] =>
      reply instanceof ForwardedReply
        ? [...reply.pieces, '\n\n']
        : [resultReply(id, reply, filter)];
    const hooked = node.plugins.hooksOfCommand(request.method);
    const reply =
      hooked.length === 0
        ? command.run(callOf(request), paramsToken(request.params))
        : runHooked(node, request, hooked, callOf);
    return reply instanceof Promise
      ? reply.then(resultOutput).catch(errorOutput)
      : resultOutput(reply);
  } catch (error) {
    return errorOutput(error);
  }
}

function findCommand(node: Node, { method }: RpcRequest): Command<Node> {
  const command = node.commands.find(method);
  if (command === undefined) {
    throw new CommandError(ErrorCode.unknownCommand, `Unknown command '${method}'`);
  }
  return command;
}

/** Runs what the plugins that registered the hook `rpc_command` make of the request. */
async function runHooked(
  node: Node,
  request: RpcRequest,
  plugins: readonly Plugin[],
  callOf: CallOf,
): Promise<CommandReply> {
  const decision = await callRpcCommandHooks(node, request, plugins);
  if (decision.kind === 'reply') {
    const { member, json } = decision;
    return new ForwardedReply([`{"jsonrpc":"2.0","id":${request.id},"${member}":${json}}`]);
  }
  const command =
    decision.request === request
      ? findCommand(node, request)
      : findReplacement(node, decision.request);
  return command.run(callOf(decision.request), paramsToken(decision.request.params));
}

function findReplacement(node: Node, request: RpcRequest): Command<Node> {
  const command = node.commands.find(request.method);
  if (command !== undefined) return command;
  const text = request.frame.bytes.toString('utf8');
  throw new CommandError(
    ErrorCode.invalidRequest,
    `Bad response to 'rpc_command' hook: redirected to unknown method '${request.method}' (${text})`,
  );
}

/** Any error other than an RpcError is a bug. The log gets the details, the caller only the fact. */
function toRpcError(node: Node, error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  node.log.log('broken', `command failed: ${error instanceof Error ? error.stack : String(error)}`);
  return new CommandError(ErrorCode.general, 'internal error of the sandbox; see its log');
}
