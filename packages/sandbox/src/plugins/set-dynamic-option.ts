import { member, parseToken } from '@clnrest/json/tokens';
import { CommandError, ErrorCode } from '../commands/errors.ts';
import { findMember, type Frame } from '../json/frame-scanner.ts';
import type { JsonObject } from '../json/output.ts';
import type { NodeWith } from '../node.ts';
import type { OptionDefinition } from '../options/definition.ts';

/**
 * Asks the plugin of a dynamic option to accept a new value, or to check it. An option without a running plugin accepts
 * every value.
 *
 * @param cause - the id of the request that changes the option
 * @throws CommandError with the plugin's error
 */
export async function setDynamicOption(
  { plugins, log }: NodeWith<'plugins' | 'log'>,
  { name, plugin: path, multi }: OptionDefinition,
  values: readonly string[],
  cause: string,
  method: 'setconfig' | 'check',
): Promise<void> {
  const plugin = plugins.list().find((each) => each.path === path);
  if (plugin === undefined) return;
  if (method === 'check' && plugin.manifest?.canCheck !== true) return;
  const val = multi === true ? values : values[0];
  const params: JsonObject = {
    ...(method === 'check' ? { command_to_check: 'setconfig' } : {}),
    config: name,
    val,
  };
  const reply = await plugins.ask(plugin, method, cause, params);
  const error = partOf(reply, 'error');
  if (error !== undefined) {
    const [code, message] = [member(error, 'code'), member(error, 'message')];
    if (code !== undefined && message !== undefined && /^-?\d+$/.test(code.raw)) {
      throw new CommandError(Number(code.raw) as ErrorCode, message.text);
    }
  } else if (partOf(reply, 'result') !== undefined) {
    return;
  }
  log.log(
    'broken',
    `Invalid setconfig ${name} response from plugin: ${reply.bytes.toString('utf8')}`,
  );
  throw new CommandError(ErrorCode.general, `Malformed setvalue ${name} plugin return`);
}

function partOf(reply: Frame, name: 'result' | 'error') {
  const span = findMember(reply, name);
  return span === undefined
    ? undefined
    : parseToken(reply.bytes.toString('utf8', span.start, span.end));
}
