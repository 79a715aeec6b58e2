import { INVALID_PARAMS } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import { isNull, type ArrayToken, type JsonToken, type ObjectToken } from '@clnrest/json/tokens';
import type { Parameter, ParameterDeclarations, ParameterValues } from './declaration.ts';

/** The `params` of a request, by name or by position. */
export type ParamsToken = ObjectToken | ArrayToken;

/** Options of {@link readParams}. */
export interface ReadOptions {
  /** `--developer` was given. */
  readonly developer: boolean;
  /** Ignores parameters that are not declared. */
  readonly allowExtra?: boolean;
}

function invalid(message: string): RpcError {
  return new RpcError(INVALID_PARAMS, message);
}

/**
 * Checks `params`: lightningd requires an array or an object, even if it is empty.
 *
 * @throws RpcError with lightningd's message
 */
export function paramsToken(token: JsonToken): ParamsToken {
  if (token.type === 'array' || token.type === 'object') return token;
  throw invalid('Expected array or object for params');
}

/**
 * Parses the parameters of a command in the order in which they were written, like lightningd, so
 * that the error names the first invalid parameter. A positional null means an absent parameter. A
 * named null is a value, which most parsers reject.
 *
 * @throws RpcError with lightningd's message
 *
 * @example
 * ```ts
 * import { parseMessage } from '@clnrest/json/tokens';
 * import { paramsToken, readParams, required, u64 } from '@clnrest/lightningd/parameters';
 * const parameters = { first: required(u64) };
 * const token = paramsToken(parseMessage('["18446744073709551615"]'));
 * readParams(parameters, token, { developer: false }) // => { first: 18446744073709551615n }
 * ```
 */
export function readParams<P extends ParameterDeclarations>(
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
  parameters: ParameterDeclarations,
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
  parameters: ParameterDeclarations,
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

function isForbidden(parameter: Parameter, { developer }: ReadOptions): boolean {
  return parameter.developerOnly === true && !developer;
}
