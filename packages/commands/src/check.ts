import { formatMismatch } from './check/formats.ts';
import type { JsonType, Schema } from './schema.ts';

/** A place where a value differs from its schema. */
export interface Mismatch {
  /** The path to the value: `invoices[0].payment_hash`; empty for the whole value. */
  readonly path: string;
  /** What the schema requires and what the value is. Long values are cut. */
  readonly message: string;
}

/**
 * Compares a value with a schema and returns the mismatches; none if it fits. Integers may be numbers or bigints. Members
 * that the schema does not name fit.
 *
 * @example
 * ```ts
 * import { check } from '@clnrest/commands/check';
 * import { createruneResult } from '@clnrest/commands/schemas';
 * check(createruneResult, { rune: 'zm0x_eLgHe…', unique_id: '3' }) // => []
 * check(createruneResult, { rune: 5, unique_id: '3' }) // => [{ path: 'rune', message: 'must be string, but is 5' }]
 * check(createruneResult, { rune: 'zm0x_eLgHe…' }) // => [{ path: 'unique_id', message: 'is missing' }]
 * ```
 */
export function check(schema: Schema, value: unknown): readonly Mismatch[] {
  const mismatches: Mismatch[] = [];
  compare(schema, value, '', mismatches);
  return mismatches;
}

function compare(schema: Schema, value: unknown, path: string, out: Mismatch[]): void {
  const problem = valueProblem(schema, value);
  if (problem !== undefined) {
    out.push({ path, message: problem });
    return;
  }
  if (Array.isArray(value)) compareItems(schema, value, path, out);
  else if (isObject(value)) compareMembers(schema, value, path, out);
  for (const each of schema.allOf ?? []) compare(each, value, path, out);
  if (schema.if !== undefined) compareBranch(schema, schema.if, value, path, out);
  if (schema.anyOf !== undefined) compareAlternatives(schema.anyOf, value, path, out);
}

function valueProblem(schema: Schema, value: unknown): string | undefined {
  const { type, enum: values, format } = schema;
  if (type !== undefined) {
    const types = typeof type === 'string' ? [type] : type;
    if (!types.some((each) => hasType(value, each))) return expected(types.join(' or '), value);
  }
  if (values !== undefined && !values.includes(value as string)) {
    return expected(values.map((each) => JSON.stringify(each)).join(', '), value);
  }
  const problem = format === undefined ? undefined : formatMismatch(format, value);
  if (problem !== undefined) return expected(problem, value);
  return lengthProblem(schema, value);
}

function lengthProblem(schema: Schema, value: unknown): string | undefined {
  if (typeof value === 'string')
    return sizeProblem(value.length, 'characters', schema.minLength, schema.maxLength);
  if (Array.isArray(value))
    return sizeProblem(value.length, 'items', schema.minItems, schema.maxItems);
  return undefined;
}

function sizeProblem(size: number, unit: string, min = 0, max = Infinity): string | undefined {
  if (size < min) return `must have at least ${min} ${unit}, but has ${size}`;
  return size > max ? `must have at most ${max} ${unit}, but has ${size}` : undefined;
}

function compareItems(
  schema: Schema,
  items: readonly unknown[],
  path: string,
  out: Mismatch[],
): void {
  const { items: inner } = schema;
  if (inner === undefined) return;
  for (const [at, item] of items.entries()) compare(inner, item, `${path}[${at}]`, out);
}

function compareMembers(
  schema: Schema,
  value: Record<string, unknown>,
  path: string,
  out: Mismatch[],
): void {
  for (const name of schema.required ?? []) {
    if (value[name] === undefined)
      out.push({ path: memberPath(path, name), message: 'is missing' });
  }
  for (const [name, needed] of Object.entries(schema.dependentRequired ?? {})) {
    const missing = needed.filter((each) => value[name] !== undefined && value[each] === undefined);
    for (const each of missing) {
      out.push({ path: memberPath(path, each), message: `is missing, but ${name} requires it` });
    }
  }
  const known = schema.properties ?? {};
  for (const [name, member] of Object.entries(value)) {
    const inner = Object.hasOwn(known, name) ? known[name] : schema.additionalProperties;
    if (inner !== undefined && member !== undefined)
      compare(inner, member, memberPath(path, name), out);
  }
}

function compareBranch(
  schema: Schema,
  test: Schema,
  value: unknown,
  path: string,
  out: Mismatch[],
): void {
  const branch = fits(test, value) ? schema.then : schema.else;
  if (branch !== undefined) compare(branch, value, path, out);
}

/** Reports the alternative that the value resembles most: one whose type fits, or else all of them. */
function compareAlternatives(
  alternatives: readonly Schema[],
  value: unknown,
  path: string,
  out: Mismatch[],
): void {
  const results = alternatives.map((each) => {
    const mismatches: Mismatch[] = [];
    compare(each, value, path, mismatches);
    return mismatches;
  });
  if (results.some((mismatches) => mismatches.length === 0)) return;
  const [closest, ...others] = results.filter((mismatches) => mismatches[0]?.path !== path);
  if (closest === undefined) {
    const messages = results.map(([first]) => first?.message);
    out.push({ path, message: messages.join('; or ') });
  } else {
    out.push(...others.reduce((a, b) => (b.length < a.length ? b : a), closest));
  }
}

function fits(schema: Schema, value: unknown): boolean {
  return check(schema, value).length === 0;
}

function hasType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'bigint' || Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
    default:
      return typeof value === type;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

function memberPath(path: string, name: string): string {
  if (!IDENTIFIER.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

const MAX_SHOWN = 60;

function expected(what: string, value: unknown): string {
  return `must be ${what}, but is ${shown(value)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
