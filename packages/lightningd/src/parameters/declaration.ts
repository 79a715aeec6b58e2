import type { JsonToken } from '@clnrest/json/tokens';

/**
 * Parses the token of one parameter: returns its value.
 *
 * @throws RpcError, mostly through {@link invalidToken}
 */
export type Parser<T> = (token: JsonToken, name: string) => T;

interface ParameterBase<T> {
  readonly parse: Parser<T>;
  readonly developerOnly?: boolean;
}

/** A parameter that a call must contain. */
export interface RequiredParameter<T> extends ParameterBase<T> {
  readonly style: 'required';
}

/** A parameter that a call can omit. */
export interface OptionalParameter<T> extends ParameterBase<T> {
  readonly style: 'optional';
}

/** A parameter with a value for calls that omit it. */
export interface DefaultedParameter<T> extends ParameterBase<T> {
  readonly style: 'defaulted';
  readonly fallback: T;
}

/** The declaration of one parameter. */
export type Parameter =
  RequiredParameter<unknown> | OptionalParameter<unknown> | DefaultedParameter<unknown>;

/** The parameters of a command by name, in their positional order. */
export type ParameterDeclarations = Readonly<Record<string, Parameter>>;

/** The parsed parameters of a command. Absent optional parameters are undefined. */
export type ParameterValues<P extends ParameterDeclarations> = {
  readonly [Name in keyof P]: P[Name] extends OptionalParameter<infer T>
    ? T | undefined
    : P[Name] extends RequiredParameter<infer T> | DefaultedParameter<infer T>
      ? T
      : never;
};

/**
 * Declares a parameter that a call must contain.
 *
 * @example
 * ```ts
 * import { defaulted, developerOnly, msat, optional, required, text, u64, usageOf } from '@clnrest/lightningd/parameters';
 * const parameters = {
 *   amount_msat: required(msat),
 *   note: optional(text),
 *   expiry: defaulted(u64, 3600n),
 *   'dev-delay': developerOnly(optional(u64)),
 * };
 * usageOf(parameters) // => 'amount_msat [note] [expiry] [dev-delay]'
 * ```
 */
export function required<T>(parse: Parser<T>): RequiredParameter<T> {
  return {
    style: 'required',
    parse,
  };
}

/** Declares a parameter that a call can omit: its value is then undefined. */
export function optional<T>(parse: Parser<T>): OptionalParameter<T> {
  return {
    style: 'optional',
    parse,
  };
}

/** Declares a parameter with a value for calls that omit it. */
export function defaulted<T>(parse: Parser<T>, fallback: T): DefaultedParameter<T> {
  return {
    style: 'defaulted',
    parse,
    fallback,
  };
}

/** Restricts a parameter to nodes that run with `--developer`. */
export function developerOnly<T>(parameter: OptionalParameter<T>): OptionalParameter<T> {
  return { ...parameter, developerOnly: true };
}

/** Returns the usage line of `help`, such as `rune [nodeid] [method] [params]`. */
export function usageOf(parameters: ParameterDeclarations): string {
  return Object.entries(parameters)
    .map(([name, { style }]) => (style === 'required' ? name : `[${name}]`))
    .join(' ');
}
