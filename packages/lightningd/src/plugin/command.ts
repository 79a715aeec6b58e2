import { parseMessage } from '@clnrest/json/tokens';
import type { ParameterDeclarations, ParameterValues } from '../parameters/declaration.ts';
import { usageOf } from '../parameters/declaration.ts';
import { paramsToken, readParams } from '../parameters/read.ts';
import type { MethodDeclaration, PluginCall } from './declarations.ts';
import type { RegisteredMethod } from './registry.ts';

/** A command with declared parameters: the argument of {@link Plugin.command}. */
export interface CommandDeclaration<P extends ParameterDeclarations> extends Pick<
  MethodDeclaration,
  'description' | 'longDescription' | 'deprecated'
> {
  readonly name: string;
  /** The parameters by name, in their positional order. */
  readonly parameters: P;
  /** The command ignores parameters that are not declared. By default it refuses them. */
  readonly ignoresUnknown?: boolean;
  /**
   * Validates the values together, before `run` and for the `check` command. Throws an RpcError if the command would
   * reject them. Must not have side effects.
   */
  readonly validate?: (values: ParameterValues<P>, call: PluginCall) => unknown;
  /**
   * Runs the command. Its return value is the result, as of a {@link MethodHandler}.
   */
  readonly run: (values: ParameterValues<P>, call: PluginCall) => unknown;
}

/** Turns a command into a method that reads its declared parameters before it runs. */
export function commandMethod<P extends ParameterDeclarations>(
  command: CommandDeclaration<P>,
  isDeveloper: () => boolean,
): RegisteredMethod {
  const { parameters, validate, description, longDescription, deprecated } = command;
  const read = async (call: PluginCall): Promise<ParameterValues<P>> => {
    const token = paramsToken(parseMessage(call.paramsText));
    const allowExtra = command.ignoresUnknown === true;
    const values = readParams(parameters, token, { developer: isDeveloper(), allowExtra });
    await validate?.(values, call);
    return values;
  };
  return {
    declaration: {
      usage: usageOf(parameters),
      ...(description === undefined ? {} : { description }),
      ...(longDescription === undefined ? {} : { longDescription }),
      ...(deprecated === undefined ? {} : { deprecated }),
      check: read,
    },
    handler: async (call) => command.run(await read(call), call),
  };
}
