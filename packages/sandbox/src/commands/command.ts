import type { Frame } from '../json/frame-scanner.ts';
import type { CommandResult } from '../json/output.ts';
import { usageOf, type Parameters, type ParameterValues } from '../params/declaration.ts';
import { readParams, type ParamsToken } from '../params/read.ts';

/** What a caller has set for its connection. */
export interface ConnectionSettings {
  /** Commands may tell how they get on. */
  notifications: boolean;
  /**
   * The caller would let commands share a database transaction. It is remembered and changes
   * nothing: here a commit costs no wait for a disk, so that each command can have its own.
   */
  batching: boolean;
  /** What lightningd is about to give up may be used, whatever holds for others. */
  deprecated: boolean;
}

/** One call of a command that uses some parts of the node. */
export interface CommandCall<Parts> {
  readonly node: Parts;
  /** `--developer` is set: the command accepts developer-only parameters. */
  readonly developer: boolean;
  /** The request's id, verbatim. */
  readonly id: string;
  /** The request as it came, for a plugin that it is passed on to. */
  readonly request: Frame;
  readonly connection: ConnectionSettings;
  /** Aborted when the caller has gone: nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Writes a message to the caller before the answer, if it asked for such. */
  sendBeforeReply(pieces: readonly (string | Buffer)[]): void;
}

/** A plugin's answer, which goes to the caller as the plugin wrote it, but for the id. */
export class ForwardedReply {
  readonly pieces: readonly (string | Buffer)[];

  constructor(pieces: readonly (string | Buffer)[]) {
    this.pieces = pieces;
  }
}

export type CommandReply = CommandResult | ForwardedReply;

/** A command, as the table has it. Both of its functions throw CommandError for a refusal. */
export interface Command<Parts> {
  readonly name: string;
  /** What `help` shows after the name. */
  readonly usage: string;
  /** Does it. */
  readonly run: (
    call: CommandCall<Parts>,
    params: ParamsToken,
  ) => CommandReply | Promise<CommandReply>;
  /** Answers as `check` does, having done everything but it. */
  readonly check: (
    call: CommandCall<Parts>,
    params: ParamsToken,
  ) => CommandReply | Promise<CommandReply>;
}

/** What there is to say about a command of the sandbox's own. */
interface CommandDefinition<P extends Parameters, Parts> {
  readonly name: string;
  readonly parameters: P;
  /** What can be wrong besides single parameters, found out without changing anything. */
  readonly validate?: (values: ParameterValues<P>, call: CommandCall<Parts>) => void;
  readonly run: (
    values: ParameterValues<P>,
    call: CommandCall<Parts>,
  ) => CommandResult | Promise<CommandResult>;
}

export function checked(name: string): CommandResult {
  return { command_to_check: name };
}

/** Makes a command: its parameters are read before it runs, and shown by `help`. */
export function defineCommand<P extends Parameters, Parts>(
  definition: CommandDefinition<P, Parts>,
): Command<Parts> {
  const { name, parameters } = definition;
  const read = (call: CommandCall<Parts>, params: ParamsToken): ParameterValues<P> => {
    const values = readParams(parameters, params, { developer: call.developer });
    definition.validate?.(values, call);
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

/** The same command under an older name. */
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
