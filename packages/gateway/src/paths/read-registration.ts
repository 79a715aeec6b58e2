import { readElements, readMembers } from '@clnrest/lightningd';
import { isMethodName } from '../node/method-name.ts';
import { PathRefused } from '../routing/path-refused.ts';
import {
  type PathRegistration,
  REGISTRABLE,
  type RegistrableMethod,
} from '../routing/registration.ts';
import { readRestrictions } from './rune-restrictions.ts';

/** The parameters of the command, in positional order. */
export const PARAMETERS = [
  'path',
  'rpc_method',
  'http_method',
  'rune_required',
  'rune_restrictions',
] as const;

type Parameter = (typeof PARAMETERS)[number];

/** The JSON text of each parameter, by name. */
type Given = ReadonlyMap<string, string>;

/**
 * Reads the parameters of `clnrest-register-path`, by name or by position; a `null` counts as omitted. Throws a
 * {@link PathRefused}. Errors that the built-in plugin also returns have its texts and its order (v26.06).
 * Unlike the built-in plugin, refuses unknown parameters: a misspelled one may be the one that restricts access.
 *
 * @param maxLength - maximum length of a path; no request can contain a longer one
 */
export function readRegistration(paramsText: string, maxLength: number): PathRegistration {
  const given = readGiven(paramsText);
  const pathText = required(text(given, 'path'), 'path');
  const rpcMethod = required(text(given, 'rpc_method'), 'rpc_method');
  const httpMethod = readHttpMethod(text(given, 'http_method'));
  const runeRequired = readRuneRequired(given);
  const runeRestrictions = readRestrictions(given.get('rune_restrictions'));
  if (httpMethod !== 'GET' && !runeRequired) {
    throw new PathRefused('rune_required must be true for anything but GET requests');
  }
  if (!isMethodName(rpcMethod)) {
    throw new PathRefused('rpc_method must be the name of a command: letters, digits, -, _ and .');
  }
  const path = readPath(pathText);
  if (path.length > maxLength) throw new PathRefused('Path is too long');
  return { path, rpcMethod, httpMethod, runeRequired, runeRestrictions };
}

function readGiven(paramsText: string): Given {
  const given = paramsText.startsWith('[')
    ? byPosition(readElements(paramsText))
    : readMembers(paramsText);
  for (const [name, json] of given) {
    if (!PARAMETERS.some((known) => known === name)) {
      throw new PathRefused(`unknown parameter: ${name}`);
    }
    if (JSON.parse(json) === null) given.delete(name);
  }
  return given;
}

function byPosition(elements: readonly string[]): Map<string, string> {
  if (elements.length > PARAMETERS.length) {
    throw new PathRefused(`too many parameters: got ${elements.length}, expected 5`);
  }
  return new Map(elements.map((json, index) => [PARAMETERS[index] ?? '', json]));
}

function text(given: Given, name: Parameter): string | undefined {
  const json = given.get(name);
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'string') throw new PathRefused(`${name} must be a string`);
  return value;
}

function required(value: string | undefined, name: Parameter): string {
  if (value === undefined) throw new PathRefused(`${name} is required`);
  return value;
}

function readHttpMethod(name = 'POST'): RegistrableMethod {
  const upper = name.toUpperCase();
  const known = REGISTRABLE.find((method) => method === upper);
  if (known === undefined) throw new PathRefused(`${upper} is not a supported http method!`);
  return known;
}

function readRuneRequired(given: Given): boolean {
  const value: unknown = JSON.parse(given.get('rune_required') ?? 'true');
  if (typeof value !== 'boolean') throw new PathRefused('rune_required must be a boolean');
  return value;
}

function readPath(given: string): string {
  if (given === '/') throw new PathRefused('Path must not be root');
  const path = given.replaceAll(/^\/+|\/+$/g, '');
  if (path === '') throw new PathRefused('Path must not be empty');
  if (path.includes('{*')) throw new PathRefused('Wildcards not supported');
  return path;
}
