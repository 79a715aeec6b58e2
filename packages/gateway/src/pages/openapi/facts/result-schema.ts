import type { Schema } from '@clnrest/commands';
import { describeField } from '@clnrest/commands/descriptions';
import { conditionInWords } from './conditions.ts';
import type { JsonSchema } from './facts.ts';
import { openApiFormat } from './formats.ts';
import { mergeSchemas } from './merge-schemas.ts';

/** A member of an object, and when it is present. */
interface Member {
  readonly schema: Schema;
  /** Alternatives, in words. Empty for members without a condition. */
  readonly conditions: readonly string[];
}

/** More alternatives than these help no reader. */
const MAX_CONDITIONS = 3;

/**
 * Returns the schema of a result for OpenAPI. Members that are present on a condition become optional members that state the
 * condition in their description, because generators of clients ignore `if`.
 */
export function resultSchema(schema: Schema): JsonSchema {
  const { type, format, required, deprecated, minLength, maxLength, minItems, maxItems } = schema;
  const { items, additionalProperties, anyOf, enum: values } = schema;
  const properties = [...members(schema)].map(
    ([name, member]) => [name, memberSchema(name, member)] as const,
  );
  return {
    ...(type !== undefined && { type }),
    ...(format !== undefined && { format: openApiFormat(format) }),
    ...given({ enum: values, deprecated, minLength, maxLength, minItems, maxItems }),
    ...(required !== undefined && required.length > 0 && { required }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(items && { items: resultSchema(items) }),
    ...(anyOf && { anyOf: anyOf.map((each) => resultSchema(each)) }),
    ...(additionalProperties && {
      additionalProperties: resultSchema(additionalProperties),
    }),
  };
}

function given(keywords: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

function memberSchema(name: string, { schema, conditions }: Member): JsonSchema {
  const isWorthReading = conditions.length > 0 && conditions.length <= MAX_CONDITIONS;
  const meaning = describeField(name);
  const description = [
    ...(meaning === undefined ? [] : [meaning]),
    ...(isWorthReading ? [`Present only if ${conditions.join(', or if ')}.`] : []),
  ].join(' ');
  return { ...resultSchema(schema), ...(description !== '' && { description }) };
}

/** Returns the members of an object, those of its branches last. */
function members(schema: Schema): ReadonlyMap<string, Member> {
  const found = new Map<string, Member>();
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    found.set(name, { schema: each, conditions: [] });
  }
  for (const { schema: part, condition } of branches(schema)) {
    for (const [name, each] of members(part)) {
      found.set(name, merged(found.get(name), each, condition));
    }
  }
  return found;
}

function merged(known: Member | undefined, more: Member, condition: string | undefined): Member {
  const conditions = condition === undefined ? more.conditions : [condition];
  if (known === undefined) return { schema: more.schema, conditions };
  // A branch only narrows a member that is always possible.
  if (known.conditions.length === 0) return known;
  return {
    schema: mergeSchemas(known.schema, more.schema),
    conditions: [...new Set([...known.conditions, ...conditions])],
  };
}

interface Branch {
  readonly schema: Schema;
  readonly condition: string | undefined;
}

function branches({ if: test, then, else: other, allOf = [] }: Schema): readonly Branch[] {
  const own = (schema: Schema | undefined, isMet: boolean): readonly Branch[] =>
    schema === undefined || test === undefined
      ? []
      : [{ schema, condition: conditionInWords(test, isMet) }];
  return [
    ...own(then, true),
    ...own(other, false),
    ...allOf.map((schema) => ({ schema, condition: undefined })),
  ];
}
