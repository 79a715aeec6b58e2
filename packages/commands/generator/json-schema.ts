import type { FactSchema } from './fact-types.ts';
import { visible } from './object-types.ts';

/** A JSON Schema whose formats are lightningd's types. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const INTEGER_TYPES = new Set(['u8', 'u16', 'u32', 'u64', 'integer']);
/** Types that are an integer in results, and an integer or a text with a unit in parameters. */
const AMOUNT_TYPES = new Set(['msat', 'sat', 'msat_or_any', 'sat_or_all', 'feerate']);
const PLAIN_TYPES = new Set(['string', 'boolean', 'number', 'null', 'object', 'array']);

/** Converts the schema of parameters, a result or a payload to JSON Schema (2020-12). Objects stay open: plugins and newer nodes add members. */
export function rootSchema(facts: FactSchema, direction: 'param' | 'result'): JsonSchema {
  return { type: 'object', ...jsonSchema(facts, direction) };
}

function jsonSchema(facts: FactSchema, direction: 'param' | 'result'): JsonSchema {
  const schema = visible(facts);
  const convert = (inner: FactSchema) => jsonSchema(inner, direction);
  return {
    ...typeKeywords(schema, direction),
    ...pick(schema, ['enum', 'minLength', 'maxLength', 'minItems', 'maxItems']),
    ...(schema.deprecated !== undefined && { deprecated: true }),
    ...(schema.items !== undefined && { items: convert(schema.items) }),
    ...objectKeywords(schema, direction),
    ...(schema.if !== undefined && conditionKeywords(schema, direction)),
    ...allOfKeyword((schema.allOf ?? []).map(convert)),
    // Alternatives overlap: "10USD" is a currency and a string.
    ...alternativeKeywords([...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].map(convert)),
  };
}

function typeKeywords({ type }: FactSchema, direction: 'param' | 'result'): JsonSchema {
  if (type === undefined) return {};
  if (PLAIN_TYPES.has(type)) return { type };
  if (type === 'integer') return { type };
  if (INTEGER_TYPES.has(type)) return { type: 'integer', format: type };
  if (AMOUNT_TYPES.has(type)) {
    return { type: direction === 'param' ? ['integer', 'string'] : 'integer', format: type };
  }
  if (type === 'outputdesc') {
    const amount = { type: ['integer', 'string'], format: 'sat_or_all' };
    return { type: 'object', additionalProperties: amount };
  }
  return { type: 'string', format: type };
}

function objectKeywords(schema: FactSchema, direction: 'param' | 'result'): JsonSchema {
  const members = Object.entries(schema.properties ?? {}).filter(
    // A placeholder says nothing where objects are open.
    ([, inner]) => Object.keys(inner).length > 0,
  );
  const properties = Object.fromEntries(
    members.map(([name, inner]) => [name, jsonSchema(inner, direction)]),
  );
  return {
    ...(members.length > 0 && { properties }),
    ...((schema.required?.length ?? 0) > 0 && { required: schema.required }),
    ...dependentRequired(schema),
  };
}

function dependentRequired({ dependentUpon }: FactSchema): JsonSchema {
  if (dependentUpon === undefined) return {};
  const pairs = Object.entries(dependentUpon).flatMap(([name, dependents]) =>
    dependents.map((dependent) => [dependent, [name]]),
  );
  return { dependentRequired: Object.fromEntries(pairs) };
}

function conditionKeywords(schema: FactSchema, direction: 'param' | 'result'): JsonSchema {
  const branch = (inner: FactSchema | undefined) =>
    inner === undefined ? {} : jsonSchema(inner, direction);
  const then = branch(schema.then);
  const otherwise = branch(schema.else);
  if (Object.keys(then).length + Object.keys(otherwise).length === 0) return {};
  return {
    if: conditionSchema(schema.if ?? {}),
    ...(Object.keys(then).length > 0 && { then }),
    ...(Object.keys(otherwise).length > 0 && { else: otherwise }),
  };
}

/** JSON Schema considers an absent member valid, but a condition on its value must not hold then. */
function conditionSchema(test: FactSchema): JsonSchema {
  const values = Object.entries(test.properties ?? {}).filter(
    ([, inner]) => inner.enum !== undefined,
  );
  const required = new Set([...values.map(([name]) => name), ...(test.required ?? [])]);
  return {
    ...(values.length > 0 && {
      properties: Object.fromEntries(values.map(([name, inner]) => [name, { enum: inner.enum }])),
    }),
    required: [...required],
  };
}

/** Leaves out conditions without consequences. */
function allOfKeyword(schemas: readonly JsonSchema[]): JsonSchema {
  const allOf = schemas.filter((schema) => Object.keys(schema).length > 0);
  return allOf.length === 0 ? {} : { allOf };
}

function alternativeKeywords(alternatives: readonly JsonSchema[]): JsonSchema {
  return alternatives.length === 0 ? {} : { anyOf: alternatives };
}

function pick(schema: FactSchema, keywords: readonly (keyof FactSchema)[]): JsonSchema {
  const stated = keywords.filter((keyword) => schema[keyword] !== undefined);
  return Object.fromEntries(stated.map((keyword) => [keyword, schema[keyword]]));
}
