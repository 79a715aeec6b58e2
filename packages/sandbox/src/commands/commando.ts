import { RawJson } from '@clnrest/json';
import { FrameError, readMembers } from '@clnrest/json/bytes';
import type { JsonToken } from '@clnrest/json/tokens';
import { anything, nodeId, optional, required, string } from '@clnrest/lightningd/parameters';
import { localError } from '../commando/outgoing-commands.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

/** Sends a command to a connected peer, and returns its reply. */
export const commando = defineCommand({
  name: 'commando',
  parameters: {
    peer_id: required(nodeId),
    method: required(string),
    params: optional(anything),
    rune: optional(string),
    filter: optional(anything),
  },
  async run({ peer_id, method, params, rune, filter }, call: CallWith<'outgoing' | 'peers'>) {
    const { node, id, signal } = call;
    const peer = node.peers.byId(peer_id);
    if (peer === undefined) {
      throw new CommandError(ErrorCode.invalidRequest, `No such peer: ${peer_id}`);
    }
    const members = [
      `"method":"${method}"`,
      `"id":${id}`,
      `"params":${params === undefined ? '{}' : textOf(params)}`,
      ...(rune === undefined ? [] : [`"rune":"${rune}"`]),
      ...(filter === undefined ? [] : [`"filter":${textOf(filter)}`]),
    ];
    const reply = await node.outgoing.send(peer, `{${members.join(',')}}`, signal);
    return resultOf(reply.toString());
  },
});

/** lightningd inserts the content of a string as JSON. */
function textOf({ text }: JsonToken): string {
  return text;
}

/** The members of the result. @throws CommandError the error of the remote node, or one about its reply */
function resultOf(reply: string): CommandResult {
  const members = membersOf(reply) ?? unparsable(reply);
  const error = members.get('error');
  if (error !== undefined) throw remoteError(error);
  const result = members.get('result');
  if (result === undefined) throw localError('Reply had no result');
  const entries = [...(membersOf(result) ?? [])];
  return Object.fromEntries(entries.map(([name, text]) => [name, RawJson.checked(text)]));
}

function remoteError(error: string): CommandError {
  const members = membersOf(error);
  const code = Number(members?.get('code'));
  if (!Number.isSafeInteger(code)) return localError(`Error '${error}' had no valid code`);
  const message = members?.get('message');
  if (message === undefined) return localError('Error had no message');
  const data = members?.get('data');
  return new CommandError(
    // The remote node can return any code.
    code as ErrorCode,
    String(JSON.parse(message)),
    data === undefined ? undefined : RawJson.checked(data),
  );
}

function membersOf(text: string): Map<string, string> | undefined {
  try {
    // Framing alone would accept malformed values.
    JSON.parse(text);
    return readMembers(text);
  } catch (error) {
    if (error instanceof FrameError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function unparsable(reply: string): never {
  throw localError(`Reply was unparsable: '${reply}'`);
}
