import type { Schema } from '@clnrest/commands';
import { holds } from './conditions.ts';
import { valueExample } from './example-values.ts';

/** An object under construction. */
type Members = Record<string, unknown>;

/**
 * Returns an example of a result with realistic values. It has the required members, and those that the values of others
 * require; if nothing is required, all members. Lists have one item.
 */
export function resultExample(schema: Schema): unknown {
  return exampleOf(schema, '');
}

function exampleOf(schema: Schema, name: string): unknown {
  const [first] = schema.anyOf ?? [];
  if (first !== undefined) return exampleOf(first, name);
  if (isObject(schema)) return objectExample(schema);
  if (schema.type !== 'array') return valueExample(schema, name);
  const item = schema.items === undefined ? undefined : exampleOf(schema.items, name);
  return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => item ?? {});
}

function isObject({ type, properties }: Schema): boolean {
  return type === 'object' || (type === undefined && properties !== undefined);
}

function objectExample(schema: Schema): Members {
  const value: Members = {};
  addMembers(value, schema);
  return value;
}

/** @param outer members of the schemas around a branch, which the branch can require */
function addMembers(value: Members, schema: Schema, outer: Schema['properties'] = {}): void {
  const properties = { ...outer, ...schema.properties };
  for (const name of shownMembers(schema)) {
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    // lightningd's schemas require some members that they do not describe.
    if (!(name in value)) value[name] = exampleOf(member ?? {}, name);
  }
  for (const part of schema.allOf ?? []) addMembers(value, part, properties);
  const branch = branchOf(schema, value);
  if (branch !== undefined) addMembers(value, branch, properties);
}

/** An object without required members shows all, except warnings, which report problems. */
function shownMembers({ type, properties = {}, required = [] }: Schema): readonly string[] {
  if (required.length > 0 || type === undefined) return required;
  return Object.keys(properties).filter((name) => !name.startsWith('warning'));
}

function branchOf({ if: test, then, else: other }: Schema, value: Members): Schema | undefined {
  if (test === undefined) return undefined;
  return holds(test, value) ? then : other;
}
