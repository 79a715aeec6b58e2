import { Validator } from '@seriousme/openapi-schema-validator';
import { expect } from 'vitest';

/** Shared by all tests, because the constructor takes long. */
const VALIDATOR = new Validator();

/** An OpenAPI document, as far as tests read its members by name. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [more: string]: unknown;
}

/** An Operation Object. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, object>>;
}

/** An operation of a document and its place. */
export interface Placed {
  readonly path: string;
  readonly verb: string;
  readonly operation: Operation;
}

/** Returns all operations of a document. */
export function operationsOf({ paths }: OpenApiDocument): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ path, verb, operation })),
  );
}

/** Expects a valid OpenAPI 3.1 document, by the schema and by the rules that the schema cannot express. */
export async function expectValid(document: OpenApiDocument): Promise<void> {
  // The document as clients parse it.
  const read = JSON.parse(JSON.stringify(document)) as OpenApiDocument;
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

/** Expects no paths that differ only in the names of their captures, because OpenAPI treats them as equal. */
function expectOnePathEach(paths: readonly string[]): void {
  const shapes = paths.map((path) => path.replaceAll(/\{[^{}]*\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
}

function expectCaptures({ path, operation }: Placed): void {
  const captured = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name);
  const listed = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  expect(listed.map(({ name }) => name).toSorted()).toEqual(captured.toSorted());
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '$ref') yield String(member);
    else yield* referencesIn(member);
  }
}

/** Resolves a reference within a document (RFC 6901). */
export function lookUp(document: unknown, reference: string): unknown {
  const keys = reference.replace(/^#\//, '').split('/');
  return keys.reduce<unknown>((value, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    const exists = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
    return exists ? Reflect.get(value, name) : undefined;
  }, document);
}
