import type { Schema } from '@clnrest/commands';
import type { JsonSchema } from './facts.ts';
import { openApiFormat } from './formats.ts';

type Texts = Readonly<Record<string, string>>;

/**
 * Returns the schemas of parameters by name. A schema accepts everything that the node accepts: lightningd reads numbers and
 * booleans from strings, too.
 *
 * @param texts what parameters mean, by name
 * @param defaults as JSON or as texts for readers
 */
export function parameterSchemas(
  { properties = {} }: Schema,
  texts: Texts,
  defaults: Texts,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      const description = texts[name];
      const value = defaultOf(schema, defaults[name] ?? '');
      const extras = {
        ...(description !== undefined && { description }),
        ...(value !== undefined && { default: value }),
      };
      return [name, { ...acceptingStrings(schema), ...extras }];
    }),
  );
}

/** Adds strings where the node reads a number or a boolean from a string. */
function acceptingStrings(schema: Schema): JsonSchema {
  const { type, format, anyOf, items, properties, additionalProperties, ...rest } = schema;
  return {
    ...(type !== undefined && { type: typesWithString(type) }),
    ...(format !== undefined && { format: openApiFormat(format) }),
    ...rest,
    ...(anyOf && { anyOf: alternatives(anyOf) }),
    ...(items && { items: acceptingStrings(items) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, acceptingStrings(each)]),
      ),
    }),
    ...(additionalProperties && { additionalProperties: acceptingStrings(additionalProperties) }),
  };
}

/** Adds strings to alternatives, unless one of them is any string. */
function alternatives(schemas: readonly Schema[]): readonly JsonSchema[] {
  const hasStrings = schemas.some(({ type, format, enum: values }) => {
    return type === 'string' && format === undefined && values === undefined;
  });
  return schemas.map((schema) => (hasStrings ? asIs(schema) : acceptingStrings(schema)));
}

function asIs({ format, ...schema }: Schema): JsonSchema {
  return format === undefined ? schema : { ...schema, format: openApiFormat(format) };
}

const READ_FROM_STRINGS = new Set(['integer', 'number', 'boolean']);

function typesWithString(type: NonNullable<Schema['type']>): string | readonly string[] {
  const types: readonly string[] = typeof type === 'string' ? [type] : type;
  if (types.includes('string') || !types.some((each) => READ_FROM_STRINGS.has(each))) return type;
  return [...types, 'string'];
}

/** Returns the default as a value. Some defaults are texts for readers only, such as `1% of the funding amount`. */
function defaultOf(schema: Schema, text: string): unknown {
  const types = new Set([schema, ...(schema.anyOf ?? [])].flatMap(({ type = [] }) => type));
  if (types.has('boolean') && /^(?:true|false)$/.test(text)) return text === 'true';
  if (types.has('integer') && /^\d{1,15}$/.test(text)) return Number(text);
  if (types.has('string') && /^[a-z_-]+$/.test(text)) return text;
  return undefined;
}
