import { quote } from './strings.ts';

/** JSON that is already written: a label as its owner escaped it, a number of any size. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * What a command answers with. Members whose value is undefined are left out; bigints are written
 * digit for digit; a Map is an object whose names are data (an object literal would reorder names
 * that look like array indexes).
 */
export type JsonOutput = JsonScalar | readonly JsonOutput[] | JsonObject | JsonMap;

type JsonScalar = string | number | bigint | boolean | null | RawJson;

export interface JsonObject {
  readonly [name: string]: JsonOutput | undefined;
}

export type JsonMap = ReadonlyMap<string, JsonOutput>;

/**
 * A command's whole result. A member may be a sequence that is made while it is written, so that
 * a list of any length is never held.
 */
export interface CommandResult {
  readonly [name: string]: JsonOutput | Iterable<JsonOutput> | undefined;
}

/** A name and value of an object's, with nothing for values that are left out. */
export function* entriesOf(value: JsonObject | JsonMap): Generator<[string, JsonOutput]> {
  if (value instanceof Map) {
    yield* value as ReadonlyMap<string, JsonOutput>;
    return;
  }
  for (const [name, inner] of Object.entries(value as JsonObject)) {
    if (inner !== undefined) yield [name, inner];
  }
}

export const isScalar = (value: JsonOutput): value is JsonScalar =>
  typeof value !== 'object' || value === null || value instanceof RawJson;

export const isList = (value: JsonOutput): value is readonly JsonOutput[] => Array.isArray(value);

/** Writes a value as compact JSON. */
export const writeJson = (value: JsonOutput): string => {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return 'null';
      if (value instanceof RawJson) return value.text;
      if (isList(value)) return `[${value.map(writeJson).join(',')}]`;
      return writeObject(value);
  }
};

const writeObject = (value: JsonObject | JsonMap): string => {
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
};
