import { encodeJson } from '@clnrest/json';
import type { OptionDeclaration, OptionDeclarations, OptionValues } from './option-types.ts';

/** The names that lightningd accepts. */
const OPTION_NAME = /^[a-z0-9_-]+$/;

type Value = string | number | boolean;

/** An option has an invalid value. The message names the option. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
  readonly code = 'invalid_option';
}

/** Throws a TypeError for a declaration for which lightningd would kill the plugin. */
export function checkDeclarations(declarations: OptionDeclarations): void {
  for (const [name, declaration] of Object.entries(declarations)) {
    if (!OPTION_NAME.test(name)) {
      throw new TypeError(`option ${name}: use lowercase letters, digits, - and _ in the name`);
    }
    const fallback = 'default' in declaration ? declaration.default : undefined;
    if (fallback === undefined) continue;
    if (typeof fallback !== scalarType(declaration)) {
      throw new TypeError(
        `option ${name}: the default ${fallback} is not of type ${declaration.type}`,
      );
    }
    if (typeof fallback === 'number' && !Number.isSafeInteger(fallback)) {
      throw new TypeError(
        `option ${name}: the default ${fallback} is not an integer between -(2^53 - 1) and 2^53 - 1`,
      );
    }
  }
}

/** Returns the options in the manifest's format. */
export function manifestOptions(declarations: OptionDeclarations): unknown[] {
  return Object.entries(declarations).map(([name, declaration]) =>
    Object.assign({ name }, declaration),
  );
}

/**
 * Reads the options object of `init`, which lacks options that are not set and have no default
 * (observed on lightningd v26.06.6).
 *
 * Throws an OptionError if a value does not match its declaration.
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

/** Reads one value, of `init` or of `setconfig`, which sends strings. */
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
      // A node before v23.08 sends a number or boolean if the string looks like one.
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
      // `setconfig` sends the user's text, in any spelling that lightningd accepts.
      if (typeof given === 'string' && /^(true|yes)$/i.test(given)) return true;
      if (typeof given === 'string' && /^(false|no)$/i.test(given)) return false;
      break;
    default:
      declaration satisfies never;
  }
  // A string without quotes: lightningd escapes quotes in an error of `setconfig` again.
  const value = typeof given === 'object' ? encodeJson(given) : String(given);
  const shown = declaration.type === 'string-conceal' ? '' : `, not ${value}`;
  throw new OptionError(`option ${name} must be ${accepted(declaration)}${shown}`);
}

function accepted(declaration: OptionDeclaration): string {
  switch (declaration.type) {
    case 'string':
    case 'string-conceal':
      return 'a string';
    case 'int':
      return 'an integer between -(2^53 - 1) and 2^53 - 1';
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
