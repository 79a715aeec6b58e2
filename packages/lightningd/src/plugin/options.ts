import { encodeJson } from '../json/encode.ts';
import type { OptionDeclaration, OptionDeclarations, OptionValues } from './option-types.ts';

/** The names that lightningd takes. */
const OPTION_NAME = /^[a-z0-9_-]+$/;

type Value = string | number | boolean;

/** An option has a value that this plugin cannot use. The message names the option, for people. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  readonly code = 'invalid_option';
}

/** Throws a TypeError for what lightningd would kill the plugin for. */
export function checkDeclarations(declarations: OptionDeclarations): void {
  for (const [name, declaration] of Object.entries(declarations)) {
    if (!OPTION_NAME.test(name)) {
      throw new TypeError(`option ${name}: a name is lower case letters, digits, - and _`);
    }
    const fallback = 'default' in declaration ? declaration.default : undefined;
    if (fallback === undefined) continue;
    if (typeof fallback !== scalarType(declaration)) {
      throw new TypeError(`option ${name}: the default of type ${declaration.type} is ${fallback}`);
    }
    if (typeof fallback === 'number' && !Number.isSafeInteger(fallback)) {
      throw new TypeError(`option ${name}: the default is no whole number that can be trusted`);
    }
  }
}

/** The options as the manifest lists them. */
export function manifestOptions(declarations: OptionDeclarations): unknown[] {
  return Object.entries(declarations).map(([name, declaration]) =>
    Object.assign({ name }, declaration),
  );
}

/**
 * The values out of the options object of `init`. An option that was neither given nor has a default
 * is absent there (observed on lightningd v26.06.6).
 *
 * Throws an OptionError for a value that does not fit its declaration.
 */
export function readOptions<O extends OptionDeclarations>(
  declarations: O,
  given: Readonly<Record<string, unknown>>,
): OptionValues<O> {
  const values: Record<string, Value | readonly Value[] | undefined> = {};
  for (const [name, declaration] of Object.entries(declarations)) {
    values[name] = readOption(
      name,
      declaration,
      Object.hasOwn(given, name) ? given[name] : undefined,
    );
  }
  return values as OptionValues<O>;
}

/** One value, of `init` or of `setconfig`, which sends texts. */
export function readOption(
  name: string,
  declaration: OptionDeclaration,
  given: unknown,
): Value | readonly Value[] | undefined {
  const fallback = 'default' in declaration ? declaration.default : undefined;
  if ('multi' in declaration && declaration.multi === true) {
    if (given === undefined) return fallback === undefined ? [] : [fallback];
    const items: readonly unknown[] = Array.isArray(given) ? given : [given];
    return items.map((item) => readScalar(name, declaration, item));
  }
  if (given === undefined) return declaration.type === 'flag' ? false : fallback;
  return readScalar(name, declaration, given);
}

function readScalar(name: string, declaration: OptionDeclaration, given: unknown): Value {
  switch (declaration.type) {
    case 'string':
    case 'string-conceal':
      if (typeof given === 'string') return given;
      // A node before v23.08 sends whatever JSON the text looked like.
      if (['number', 'bigint', 'boolean'].includes(typeof given)) return String(given);
      break;
    case 'int': {
      const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (Number.isSafeInteger(number)) return number as number;
      break;
    }
    case 'bool':
    case 'flag':
      if (typeof given === 'boolean') return given;
      // setconfig passes on what was typed, in the spellings that lightningd takes.
      if (typeof given === 'string' && /^(true|yes)$/i.test(given)) return true;
      if (typeof given === 'string' && /^(false|no)$/i.test(given)) return false;
      break;
    default:
      declaration satisfies never;
  }
  // Without quotes where it can be: lightningd escapes a setconfig error once more.
  const value = typeof given === 'string' ? given : encodeJson(given);
  const shown = declaration.type === 'string-conceal' ? '' : `: ${value}`;
  throw new OptionError(
    `option ${name} takes ${accepted(declaration)}, not what was given${shown}`,
  );
}

function accepted(declaration: OptionDeclaration): string {
  switch (declaration.type) {
    case 'string':
    case 'string-conceal':
      return 'a text';
    case 'int':
      return 'a whole number between -(2^53 - 1) and 2^53 - 1';
    case 'bool':
    case 'flag':
      return 'true or false';
    default:
      return declaration satisfies never;
  }
}

function scalarType(declaration: OptionDeclaration): 'string' | 'number' | 'boolean' {
  switch (declaration.type) {
    case 'string':
    case 'string-conceal':
      return 'string';
    case 'int':
      return 'number';
    case 'bool':
    case 'flag':
      return 'boolean';
    default:
      return declaration satisfies never;
  }
}
