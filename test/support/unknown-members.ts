import type { Schema } from '@clnrest/commands';

/** Returns the paths of members that no part of the schema names, whatever its conditions say. */
export function unknownMembers(schemas: readonly Schema[], value: unknown, path = ''): string[] {
  const all = schemas.flatMap(partsOf);
  if (Array.isArray(value)) {
    const items = all.flatMap(({ items: each }) => (each === undefined ? [] : [each]));
    return items.length === 0
      ? []
      : value.flatMap((item) => unknownMembers(items, item, `${path}[]`));
  }
  // Objects without properties, such as the result of a command on another node, are free.
  if (typeof value !== 'object' || value === null || !all.some(({ properties }) => properties))
    return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = all.flatMap(({ properties }) => {
      const each = properties?.[name];
      return each === undefined ? [] : [each];
    });
    const memberPath = `${path}.${name}`;
    return inner.length === 0 ? [memberPath] : unknownMembers(inner, member, memberPath);
  });
}

/** Returns a schema and those that apply to the same value. */
function partsOf(schema: Schema): Schema[] {
  const { allOf = [], anyOf = [], then, else: otherwise } = schema;
  const branches = [then, otherwise].flatMap((branch) => (branch === undefined ? [] : [branch]));
  return [schema, ...[...allOf, ...anyOf, ...branches].flatMap(partsOf)];
}
