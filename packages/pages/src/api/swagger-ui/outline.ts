type Members = Readonly<Record<string, unknown>>;

/** The members of an operation that the closed operation shows. */
const SHOWN = new Set(['tags', 'operationId', 'summary', 'deprecated', 'security']);

/**
 * Returns a document with what Swagger UI needs before an operation is open: its schemas and the rest of its operations are
 * left out. Swagger UI converts the whole document to immutable maps, which takes a second on a node with 200 commands.
 */
export function outlineOf(document: unknown): unknown {
  const { paths, components, ...others } = membersOf(document);
  const { securitySchemes } = membersOf(components);
  return {
    ...others,
    paths: mapMembers(paths, (item) => mapMembers(item, outlineOfOperation)),
    components: { securitySchemes },
  };
}

function outlineOfOperation(operation: unknown): unknown {
  const shown = Object.entries(membersOf(operation)).filter(([name]) => SHOWN.has(name));
  return { ...Object.fromEntries(shown), responses: {} };
}

function mapMembers(value: unknown, change: (member: unknown) => unknown): Members {
  return Object.fromEntries(
    Object.entries(membersOf(value)).map(([name, member]) => [name, change(member)]),
  );
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
