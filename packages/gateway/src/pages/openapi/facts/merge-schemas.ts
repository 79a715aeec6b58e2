import type { Schema } from '@clnrest/commands';

/** Returns a schema that both values of one schema and values of the other fit. */
export function mergeSchemas(one: Schema, other: Schema): Schema {
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  if (one.type !== other.type || one.format !== other.format) return { anyOf: [one, other] };
  switch (one.type) {
    case 'object':
      return mergeObjects(one, other);
    case 'array':
      return {
        type: 'array',
        ...(one.items && { items: mergeSchemas(one.items, other.items ?? {}) }),
      };
    default:
      return mergeValues(one, other);
  }
}

function mergeObjects(one: Schema, other: Schema): Schema {
  const properties = new Map(Object.entries(one.properties ?? {}));
  for (const [name, schema] of Object.entries(other.properties ?? {})) {
    const known = properties.get(name);
    properties.set(name, known === undefined ? schema : mergeSchemas(known, schema));
  }
  const required = (one.required ?? []).filter((name) => other.required?.includes(name) === true);
  return { type: 'object', properties: Object.fromEntries(properties), required };
}

function mergeValues(one: Schema, other: Schema): Schema {
  const { type, format } = one;
  const values =
    one.enum === undefined || other.enum === undefined
      ? undefined
      : [...new Set([...one.enum, ...other.enum])];
  return {
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format }),
    ...(values !== undefined && { enum: values }),
  };
}
