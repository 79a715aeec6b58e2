import type { CommandArgs, CommandParams, CommandResults } from './types/commands.ts';

/**
 * A command whose parameters and result are typed: those of lightningd. Other names do not compile, so that a misspelt one is
 * found. Call a plugin's command with the type of its result, `call<Mine>('mine')`, or add it by declaration merging:
 *
 * @example
 * ```ts
 * import type { CallResult } from '@clnrest/commands';
 *
 * declare module '@clnrest/commands' {
 *   interface CommandParams {
 *     'swap-quote': { amount_msat: bigint };
 *   }
 *   interface CommandResults {
 *     'swap-quote': { readonly fee_msat: number | bigint };
 *   }
 * }
 * const quote: CallResult<'swap-quote'> = { fee_msat: 1_000 };
 * quote.fee_msat; // => 1000
 * ```
 */
export type CommandName = keyof CommandResults & keyof CommandParams & string;

/**
 * Parameters of a command: an object (by name), an array (by position), or JSON text, which is not checked. For other names,
 * any object or array.
 */
export type CallParams<Method extends string> = Method extends keyof CommandParams
  ? NamedParams<Method> | ArgsOf<Method> | string
  : object | string;

/** `check` takes the parameters of the command that it checks, and `plugin` the options of the plugin that it starts. */
type NamedParams<Method extends keyof CommandParams> = Method extends 'check' | 'plugin'
  ? CommandParams[Method] & { readonly [Name in string]?: unknown }
  : CommandParams[Method];

type ArgsOf<Method> = Method extends keyof CommandArgs ? CommandArgs[Method] : never;

/** The result of a command; `unknown` for other names. */
export type CallResult<Method extends string> = Method extends keyof CommandResults
  ? CommandResults[Method]
  : unknown;

/** The arguments of a call after the method. Parameters can be left out only if none is required. */
export type CallArguments<Method extends string, Options> =
  Record<never, never> extends RequiredParams<Method>
    ? [params?: CallParams<Method> | undefined, options?: Options | undefined]
    : [params: CallParams<Method>, options?: Options | undefined];

type RequiredParams<Method extends string> = Method extends keyof CommandParams
  ? CommandParams[Method]
  : object;

/**
 * The method's type in a call with a type argument, `call<Mine>('mine')`: any text. Without a type argument no method has this
 * type, so that a mistake in a typed command is not taken for a command of unknown type.
 *
 * Declare the overload that uses it before the typed one: the compiler explains a mistake by the last overload. Declare its
 * result as `NoInfer<Result>`: otherwise the type that the surrounding code expects is inferred as the type argument.
 */
export type MethodWithResult<Result> = [Result] extends [never]
  ? RequiredParametersMissing
  : string;

/** The name explains the compiler's error when a call has neither its required parameters nor a type argument. */
interface RequiredParametersMissing {
  readonly [missing]: never;
}

declare const missing: unique symbol;
