import type { System } from './types.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Makes Swagger UI resolve the references of an operation in an excerpt of the document. Otherwise it processes the whole
 * document for each operation that the user opens, which takes seconds if a node has 200 commands.
 */
export function resolveWithinExcerpts({ fn }: System): void {
  const { resolveSubtree } = fn;
  fn.resolveSubtree = (document, path, options) =>
    resolveSubtree(excerpt(document, path), path, options);
}

/**
 * Returns a document with one path, the components that the path refers to directly or indirectly, and the security
 * schemes, which are referenced by name. For other parts than paths, returns the whole document.
 */
export function excerpt(document: unknown, [place, name = '']: readonly string[]): unknown {
  const { paths, components } = membersOf(document);
  const path = membersOf(paths)[name];
  if (place !== 'paths' || path === undefined) return document;
  const { securitySchemes } = membersOf(components);
  const needed = componentsFor(path, membersOf(components));
  return {
    ...membersOf(document),
    paths: { [name]: path },
    components: { ...needed, securitySchemes: membersOf(securitySchemes) },
  };
}

/** Returns the components that a part refers to, directly or indirectly. */
function componentsFor(part: unknown, components: Members): Members {
  const found = new Map<string, Map<string, unknown>>();
  const waiting = [part];
  for (const next of waiting) {
    for (const [kind, id] of referencesIn(next)) {
      const component = membersOf(components[kind])[id];
      const ofKind = found.get(kind) ?? new Map<string, unknown>();
      if (component === undefined || ofKind.has(id)) continue;
      found.set(kind, ofKind.set(id, component));
      waiting.push(component);
    }
  }
  return Object.fromEntries(
    [...found].map(([kind, ofKind]) => [kind, Object.fromEntries(ofKind)] as const),
  );
}

const REFERENCE = /^#\/components\/([^/]+)\/([^/]+)$/;

/** Returns the kinds and names of the components that a part refers to directly. */
function referencesIn(part: unknown): readonly (readonly [kind: string, id: string])[] {
  const found: (readonly [string, string])[] = [];
  JSON.stringify(part, (key: string, value: unknown) => {
    const [, kind, id] = REFERENCE.exec(key === '$ref' ? String(value) : '') ?? [];
    if (kind !== undefined && id !== undefined) found.push([kind, nameOf(id)]);
    return value;
  });
  return found;
}

/** Decodes a name in a JSON pointer within a URI (RFC 6901, section 6). */
function nameOf(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
