import { RawJson } from '@clnrest/json';
import { isString, type JsonToken, member } from '@clnrest/json/tokens';
import { ErrorCode, CommandError } from '../commands/errors.ts';
import { FrameScanner, type Frame } from '../json/frame-scanner.ts';
import type { NodeWith } from '../node.ts';
import type { Plugin } from '../plugins/plugin.ts';
import type { RpcRequest } from './request.ts';

/** What the plugins decided about a request: run it or another one, or send their reply. */
export type HookDecision =
  | { readonly kind: 'run'; readonly request: RpcRequest }
  | { readonly kind: 'reply'; readonly member: 'result' | 'error'; readonly json: string };

/**
 * Calls the hook `rpc_command` of each plugin in turn. The first one that does not continue decides, but the others are
 * called too, as in lightningd.
 *
 * @throws CommandError if a plugin replaces the request by an invalid one
 */
export async function callRpcCommandHooks(
  node: NodeWith<'plugins' | 'log'>,
  request: RpcRequest,
  plugins: readonly Plugin[],
): Promise<HookDecision> {
  const params = { rpc_command: new RawJson(request.frame.bytes.toString('utf8')) };
  let changed: JsonToken | undefined;
  for (const plugin of plugins) {
    const result = await node.plugins.callHook(plugin, 'rpc_command', request.id, params);
    if (result === undefined || continues(node, result)) continue;
    if (changed !== undefined) {
      node.log.log('unusual', `rpc_command hook '${request.method}' already modified, ignoring.`);
      break;
    }
    if (changes(node, result)) changed = result;
  }
  return changed === undefined ? { kind: 'run', request } : decision(changed, request);
}

function continues({ log }: NodeWith<'log'>, result: JsonToken): boolean {
  const verdict = member(result, 'result');
  if (verdict === undefined) return false;
  if (!isString(verdict, 'continue')) badResponse(log, "'result' should only be 'continue'.");
  return true;
}

/** Whether a result that does not continue is valid. */
function changes({ log }: NodeWith<'log'>, result: JsonToken): boolean {
  if (member(result, 'replace') !== undefined) return true;
  const reply = member(result, 'return');
  if (reply === undefined) return badResponse(log, '');
  if (member(reply, 'result') !== undefined) return true;
  const error = member(reply, 'error');
  if (error === undefined) return badResponse(log, '');
  if (!/^-?[0-9]+$/.test(member(error, 'code')?.raw ?? '')) {
    return badResponse(log, "'error' object does not contain a code.");
  }
  if (member(error, 'message') === undefined) {
    return badResponse(log, "'error' object does not contain a message.");
  }
  return true;
}

function badResponse(log: NodeWith<'log'>['log'], why: string): false {
  log.log('broken', `Bad response to 'rpc_command' hook. ${why}`);
  return false;
}

function decision(changed: JsonToken, { id, filter }: RpcRequest): HookDecision {
  const replacement = member(changed, 'replace');
  if (replacement !== undefined) {
    return { kind: 'run', request: readReplacement(replacement, id, filter) };
  }
  const reply = member(changed, 'return');
  for (const name of ['result', 'error'] as const) {
    const json = reply === undefined ? undefined : member(reply, name);
    if (json !== undefined) return { kind: 'reply', member: name, json: json.raw };
  }
  throw new TypeError('a hook changed nothing');
}

/** The new request has the id and the filter of the old one. */
function readReplacement(token: JsonToken, id: string, filter: JsonToken | undefined): RpcRequest {
  const invalid = (why: string): CommandError =>
    new CommandError(
      ErrorCode.invalidRequest,
      `Bad response to 'rpc_command' hook: ${why} (${token.raw})`,
    );
  if (token.type !== 'object') throw invalid("'replace' must be an object");
  const [method, params] = ['method', 'params'].map((name) => {
    const found = member(token, name);
    if (found === undefined) throw invalid(`missing '${name}'`);
    return found;
  });
  if (member(token, 'id') === undefined) throw invalid("missing 'id'");
  const version = member(token, 'jsonrpc');
  if (version === undefined || !isString(version, '2.0')) {
    throw invalid('jsonrpc: "2.0" must be specified in the request');
  }
  if (method === undefined || params === undefined) throw invalid('incomplete');
  return { id, method: method.text, params, filter, frame: frameOf(token) };
}

function frameOf({ raw }: JsonToken): Frame {
  const bytes = Buffer.from(raw);
  const [frame] = new FrameScanner(bytes.length).push(bytes);
  if (frame === undefined) throw new TypeError('a JSON object is not a frame');
  return frame;
}
