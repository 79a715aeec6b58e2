import { encodeJson, RawJson } from '@clnrest/json';
import { quote } from './strings.ts';

/**
 * A result of a command. Undefined members are omitted, and bigints are written exactly. A Map is an
 * object whose names are data: an object literal would reorder names that look like array indexes.
 */
export type JsonOutput = JsonScalar | readonly JsonOutput[] | JsonObject | JsonMap;

type JsonScalar = string | number | bigint | boolean | null | RawJson;

export interface JsonObject {
  readonly [name: string]: JsonOutput | undefined;
}

export type JsonMap = ReadonlyMap<string, JsonOutput>;

/**
 * The complete result of a command. A member can be an iterable that is written lazily, so that a list
 * of any length needs constant memory.
 */
export interface CommandResult {
  readonly [name: string]: JsonOutput | Iterable<JsonOutput> | undefined;
}

/** The names and values of an object, without undefined members. */
export function* entriesOf(value: JsonObject | JsonMap): Generator<[string, JsonOutput]> {
  if (value instanceof Map) {
    yield* value as ReadonlyMap<string, JsonOutput>;
    return;
  }
  for (const [name, inner] of Object.entries(value as JsonObject)) {
    if (inner !== undefined) yield [name, inner];
  }
}

export function isScalar(value: JsonOutput): value is JsonScalar {
  return typeof value !== 'object' || value === null || value instanceof RawJson;
}

export function isList(value: JsonOutput): value is readonly JsonOutput[] {
  return Array.isArray(value);
}

/** Encodes a value as compact JSON. Throws a LossyValueError for a number that has lost digits. */
export function writeJson(value: JsonOutput): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
      // The shared encoder also rejects the numbers that have lost digits, but takes longer.
      return Number.isSafeInteger(value) ? String(value) : encodeJson(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof RawJson) return value.text;
      if (isList(value)) return `[${value.map(writeJson).join(',')}]`;
      return writeObject(value);
  }
}

function writeObject(value: JsonObject | JsonMap): string {
  let text = '{';
  if (value instanceof Map) {
    for (const [name, inner] of value as JsonMap) {
      text += `${text.length > 1 ? ',' : ''}${quote(name)}:${writeJson(inner)}`;
    }
    return `${text}}`;
  }
  const object = value as JsonObject;
  for (const name of Object.keys(object)) {
    const inner = object[name];
    if (inner === undefined) continue;
    text += `${text.length > 1 ? ',' : ''}${quote(name)}:${writeJson(inner)}`;
  }
  return `${text}}`;
}
