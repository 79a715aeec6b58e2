import { CommandError, ErrorCode } from '../commands/errors.ts';
import { isNull, type ArrayToken, type JsonToken, type ObjectToken } from '../json/token.ts';
import type { AnyParameter, Parameters, ParameterValues } from './declaration.ts';

/** The `params` of a request, by name or by position. */
export type ParamsToken = ObjectToken | ArrayToken;

interface ReadOptions {
  /** `--developer` was given. */
  readonly developer: boolean;
  /** Ignores parameters that are not declared. */
  readonly allowExtra?: boolean;
}

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** Checks `params`: lightningd requires an array or an object, even if it is empty. */
export function paramsToken(token: JsonToken): ParamsToken {
  if (token.type === 'array' || token.type === 'object') return token;
  throw invalid('Expected array or object for params');
}

/**
 * Parses the parameters of a command in the order in which they were written, like lightningd, so
 * that the error names the first invalid parameter. A positional null means an absent parameter. A
 * named null is a value, which most parsers reject.
 *
 * @throws CommandError with lightningd's message
 */
export function readParams<P extends Parameters>(
  parameters: P,
  token: ParamsToken,
  options: ReadOptions,
): ParameterValues<P> {
  const values: Record<string, unknown> = {};
  if (token.type === 'array') readByPosition(parameters, token, options, values);
  else readByName(parameters, token, options, values);

  for (const name of Object.keys(parameters)) {
    const parameter = parameters[name];
    if (parameter === undefined || Object.hasOwn(values, name)) continue;
    if (parameter.style === 'required') throw invalid(`missing required parameter: ${name}`);
    values[name] = parameter.style === 'defaulted' ? parameter.fallback : undefined;
  }
  return values as ParameterValues<P>;
}

function readByPosition(
  parameters: Parameters,
  token: ArrayToken,
  options: ReadOptions,
  values: Record<string, unknown>,
): void {
  const names = Object.keys(parameters);
  for (const [index, item] of token.items.entries()) {
    const name = names[index];
    const parameter = name === undefined ? undefined : parameters[name];
    if (name === undefined || parameter === undefined) {
      if (options.allowExtra === true) return;
      throw invalid(`too many parameters: got ${token.items.length}, expected ${names.length}`);
    }
    if (isNull(item)) continue;
    if (isForbidden(parameter, options)) throw invalid(`Parameter ${index} is developer-only`);
    values[name] = parameter.parse(item, name);
  }
}

function readByName(
  parameters: Parameters,
  token: ObjectToken,
  options: ReadOptions,
  values: Record<string, unknown>,
): void {
  for (const [name, value] of token.members) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter === undefined) {
      if (options.allowExtra === true) continue;
      throw invalid(
        `unknown parameter: ${name}, this may be caused by a failure to autodetect key=value-style parameters. Please try using the -k flag and explicit key=value pairs of parameters.`,
      );
    }
    if (Object.hasOwn(values, name)) throw invalid(`duplicate json names: ${name}`);
    if (isForbidden(parameter, options)) throw invalid(`Parameter '${name}' is developer-only`);
    values[name] = parameter.parse(value, name);
  }
}

function isForbidden(parameter: AnyParameter, { developer }: ReadOptions): boolean {
  return parameter.developerOnly === true && !developer;
}
