import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'vitest';
import type { OpenApi } from '../pages/openapi/document.ts';
import type { Operation } from '../pages/openapi/operation.ts';

/** One for all: it takes long to be made. */
const VALIDATOR = new Validator();

/** An operation of a document, and where it is. */
export interface Placed {
  readonly path: string;
  readonly verb: string;
  readonly operation: Operation;
}

/** All operations of a document. */
export function operationsOf({ paths }: OpenApi): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })),
  );
}

/** Holds a document to OpenAPI 3.1: to its schema, and to what no schema can say. */
export async function expectValid(document: OpenApi): Promise<void> {
  // As it is read by others.
  const read = JSON.parse(JSON.stringify(document)) as OpenApi;
  expect(await VALIDATOR.validate(structuredClone(read))).toEqual({ valid: true });
  const operations = operationsOf(read);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expectOnePathEach(Object.keys(read.paths));
  for (const operation of operations) expectCaptures(operation);
  const tags = (read['tags'] as { name: string }[]).map(({ name }) => name);
  expect(new Set(tags).size).toBe(tags.length);
  for (const { operation } of operations)
    for (const tag of operation.tags) expect(tags).toContain(tag);
  for (const reference of referencesIn(read)) expect(lookUp(read, reference)).toBeTypeOf('object');
}

/** Paths that differ in the names of captures only are the same one. */
function expectOnePathEach(paths: readonly string[]): void {
  const shapes = paths.map((path) => path.replaceAll(/\{[^{}]*\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
}

function expectCaptures({ path, operation }: Placed): void {
  const captured = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name);
  const told = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  expect(told.map(({ name }) => name).toSorted()).toEqual(captured.toSorted());
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref') yield String(member);
    else yield* referencesIn(member);
  }
}

/** What a reference within a document refers to (RFC 6901). */
export function lookUp(document: unknown, reference: string): unknown {
  const keys = reference.replace(/^#\//, '').split('/');
  return keys.reduce<unknown>((value, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return isThere ? Reflect.get(value, name) : undefined;
  }, document);
}
