import type { JsonToken } from '../json/token.ts';

/**
 * Parses the token of one parameter.
 *
 * @throws CommandError, mostly through `invalidToken`
 */
export type Parser<T> = (token: JsonToken, name: string) => T;

interface Parameter<T> {
  readonly parse: Parser<T>;
  readonly developerOnly?: boolean;
}

interface RequiredParameter<T> extends Parameter<T> {
  readonly style: 'required';
}

interface OptionalParameter<T> extends Parameter<T> {
  readonly style: 'optional';
}

interface DefaultedParameter<T> extends Parameter<T> {
  readonly style: 'defaulted';
  readonly fallback: T;
}

export type AnyParameter =
  RequiredParameter<unknown> | OptionalParameter<unknown> | DefaultedParameter<unknown>;

/** The parameters of a command by name, in their positional order. */
export type Parameters = Readonly<Record<string, AnyParameter>>;

/** The parsed parameters of a command. Absent optional parameters are undefined. */
export type ParameterValues<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends OptionalParameter<infer T>
    ? T | undefined
    : P[Name] extends RequiredParameter<infer T> | DefaultedParameter<infer T>
      ? T
      : never;
};

export function required<T>(parse: Parser<T>): RequiredParameter<T> {
  return {
    style: 'required',
    parse,
  };
}

export function optional<T>(parse: Parser<T>): OptionalParameter<T> {
  return {
    style: 'optional',
    parse,
  };
}

export function defaulted<T>(parse: Parser<T>, fallback: T): DefaultedParameter<T> {
  return {
    style: 'defaulted',
    parse,
    fallback,
  };
}

/** A parameter that only `--developer` allows. */
export function developerOnly<T>(parameter: OptionalParameter<T>): OptionalParameter<T> {
  return { ...parameter, developerOnly: true };
}

/** The usage line of `help`, such as `rune [nodeid] [method] [params]`. */
export function usageOf(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([name, { style }]) => (style === 'required' ? name : `[${name}]`))
    .join(' ');
}
