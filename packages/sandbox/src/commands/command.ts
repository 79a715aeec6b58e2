import {
  type ParameterDeclarations,
  type ParameterValues,
  type ParamsToken,
  readParams,
  usageOf,
} from '@clnrest/lightningd/parameters';
import type { Frame } from '../json/frame-scanner.ts';
import type { CommandResult } from '../json/output.ts';

/** The settings of a client's connection. */
export interface ConnectionSettings {
  /** The client accepts progress notifications. */
  notifications: boolean;
  /**
   * Commands may share a database transaction. The setting has no effect: a commit does not wait for the disk, so each
   * command has its own.
   */
  batching: boolean;
  /** Deprecated features are available to this client, whatever the node's default is. */
  deprecated: boolean;
}

/** One call of a command that uses some parts of the node. */
export interface CommandCall<Parts> {
  readonly node: Parts;
  /** `--developer` is set: the command accepts developer-only parameters. */
  readonly developer: boolean;
  /** The JSON text of the request's id. */
  readonly id: string;
  /** The bytes of the request, for a plugin's command. */
  readonly request: Frame;
  readonly connection: ConnectionSettings;
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal;
  /** Sends a progress notification before the reply. */
  sendBeforeReply(pieces: readonly (string | Buffer)[]): void;
}

/** A plugin's reply: the client gets it byte for byte, except for the id. */
export class ForwardedReply {
  readonly pieces: readonly (string | Buffer)[];

  constructor(pieces: readonly (string | Buffer)[]) {
    this.pieces = pieces;
  }
}

export type CommandReply = CommandResult | ForwardedReply;

/** A command. Both functions throw a CommandError if they reject the call. */
export interface Command<Parts> {
  readonly name: string;
  /** The parameters, as in `help` after the name. */
  readonly usage: string;
  readonly run: (
    call: CommandCall<Parts>,
    params: ParamsToken,
  ) => CommandReply | Promise<CommandReply>;
  /** Validates the call as `run` does, without running it. */
  readonly check: (
    call: CommandCall<Parts>,
    params: ParamsToken,
  ) => CommandReply | Promise<CommandReply>;
}

/** The definition of one of the sandbox's own commands. */
interface CommandDefinition<P extends ParameterDeclarations, Parts> {
  readonly name: string;
  readonly parameters: P;
  /** The command ignores parameters that are not declared. */
  readonly ignoresUnknown?: boolean;
  /** Validates the values together, and against the node's state. Changes nothing. */
  readonly validate?: (
    values: ParameterValues<P>,
    call: CommandCall<Parts>,
    params: ParamsToken,
  ) => void;
  readonly run: (
    values: ParameterValues<P>,
    call: CommandCall<Parts>,
  ) => CommandResult | Promise<CommandResult>;
}

/** The reply of `check`. */
export function checked(name: string): CommandResult {
  return { command_to_check: name };
}

/** Creates a command that reads its declared parameters before it runs. */
export function defineCommand<P extends ParameterDeclarations, Parts>(
  definition: CommandDefinition<P, Parts>,
): Command<Parts> {
  const { name, parameters } = definition;
  const read = (call: CommandCall<Parts>, params: ParamsToken): ParameterValues<P> => {
    const values = readParams(parameters, params, {
      developer: call.developer,
      allowExtra: definition.ignoresUnknown === true,
    });
    definition.validate?.(values, call, params);
    return values;
  };
  return {
    name,
    usage: usageOf(parameters),
    run: (call, params) => definition.run(read(call, params), call),
    check(call, params) {
      read(call, params);
      return checked(name);
    },
  };
}

/** The same command under another name. */
export function alias<Parts>(name: string, command: Command<Parts>): Command<Parts> {
  return {
    ...command,
    name,
    async check(call, params) {
      await command.check(call, params);
      return checked(name);
    },
  };
}
