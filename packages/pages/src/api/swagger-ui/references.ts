import type { System } from './types.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Replaces Swagger UI's resolver of references, which takes seconds for each operation that the user opens, because it
 * processes the whole document. The server's document refers only to its own components.
 *
 * @param whole returns the document, of which Swagger UI has only an outline
 */
export function resolveQuickly({ fn }: System, whole: () => unknown): void {
  fn.resolveSubtree = async (outline, path) => ({
    spec: resolved(whole() ?? outline, path),
    errors: [],
  });
}

/** Returns the part of a document at a path, with all references replaced by what they refer to. */
export function resolved(document: unknown, path: readonly string[]): unknown {
  const part = path.reduce(memberOf, document);
  return withoutReferences(part, document, new Set());
}

/** @param open the references that are being resolved: one within itself stays, because it has no end */
function withoutReferences(value: unknown, document: unknown, open: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutReferences(each, document, open));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...others } = value as Members;
  const keys = typeof $ref === 'string' ? keysOf($ref) : undefined;
  if (typeof $ref !== 'string' || keys === undefined) return eachMember(value, document, open);
  const target = keys.reduce(memberOf, document);
  if (target === undefined || open.has($ref)) return value;
  const inner = withoutReferences(target, document, new Set([...open, $ref]));
  return { ...(inner as Members), ...(eachMember(others, document, open) as Members) };
}

function eachMember(value: object, document: unknown, open: ReadonlySet<string>): unknown {
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutReferences(each, document, open)]),
  );
}

const REFERENCE = /^#\/(components\/[^/]+\/[^/]+)$/;

/** Decodes the keys of a JSON pointer within a URI (RFC 6901, section 6). */
function keysOf(reference: string): readonly string[] | undefined {
  const [, pointer] = REFERENCE.exec(reference) ?? [];
  return pointer
    ?.split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function memberOf(value: unknown, key: string): unknown {
  const exists = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  return exists ? (value as Members)[key] : undefined;
}
