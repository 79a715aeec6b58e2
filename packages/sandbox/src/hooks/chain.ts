import { type JsonToken, isString, member } from '@clnrest/json/tokens';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { JsonObject } from '../json/output.ts';
import type { NodeWith } from '../node.ts';

/** The parts of the node that calls of hooks use. */
export type HookNode = NodeWith<'plugins' | 'log'>;

/** A call of a hook. */
interface HookCall {
  readonly name: string;
  /** The value that the hook's filters select. */
  readonly field?: string;
  /** Returns the parameters for the next plugin. @param plugin - its name */
  readonly params: (plugin: string) => JsonObject;
  /** Reads the response of a plugin. Returns whether the node calls the next plugin. */
  readonly read: (response: JsonToken) => boolean;
}

/** Whether any plugin has registered one of the hooks. Without one, nothing waits. */
export function isHooked({ plugins }: HookNode, ...names: readonly string[]): boolean {
  return names.some((name) => plugins.isHooked(name));
}

/**
 * Calls a hook of each plugin in turn, until one ends the chain. A plugin that ends during its call counts as one that
 * continues, as in lightningd.
 *
 * @throws CommandError if the node stops
 */
export async function callHook(node: HookNode, call: HookCall): Promise<void> {
  for (const plugin of node.plugins.hooked(call.name, call.field)) {
    const response = await node.plugins.callHook(
      plugin,
      call.name,
      undefined,
      call.params(plugin.name),
    );
    if (node.plugins.isStopping) {
      throw new CommandError(ErrorCode.pluginTerminated, 'lightningd is shutting down');
    }
    if (response !== undefined && !call.read(response)) return;
  }
}

/** Stops the node with lightningd's message about an invalid response. */
export function invalidResponse({ plugins }: HookNode, message: string): never {
  plugins.fatal(message);
  throw new CommandError(ErrorCode.general, message);
}

/** Whether the response has this text as its result. */
export function hasResult(response: JsonToken, text: string): boolean {
  const result = member(response, 'result');
  return result !== undefined && isString(result, text);
}

/** Decodes a member of hex digits. Returns undefined if the response lacks it. */
export function hexMember(
  node: HookNode,
  response: JsonToken,
  name: string,
  invalid: (token: JsonToken) => string,
): string | undefined {
  const token = member(response, name);
  if (token === undefined) return undefined;
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(token.text)) return invalidResponse(node, invalid(token));
  return token.text.toLowerCase();
}
