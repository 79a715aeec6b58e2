import type { OpenApi } from './document.ts';
import type { Facts } from './facts/facts.ts';
import { groupsOf } from './groups.ts';
import type { Operation } from './operation.ts';

/** An operation in a list. */
export interface ListedOperation {
  readonly id: string;
  /** The command's name; for other operations, the HTTP method and the path. */
  readonly name: string;
  readonly summary: string;
  /** Links to the operation on the API page. */
  readonly fragment: string;
}

/** A group of operations with a title for people. */
export interface OperationGroup {
  readonly title: string;
  readonly operations: readonly ListedOperation[];
}

/** Returns the operations of a document in groups, in display order. */
export function operationGroups({ paths }: OpenApi, facts: Facts): readonly OperationGroup[] {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({ operation, route: `${verb} ${path}` })),
  );
  return groupsOf(facts).flatMap(({ name, title }) => {
    const own = all.filter(({ operation }) => operation.tags.includes(name));
    if (own.length === 0) return [];
    const operations = own.map(({ operation, route }) => listed(operation, route));
    return [{ title, operations: operations.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }];
  });
}

function listed({ operationId, summary, tags: [tag] }: Operation, route: string): ListedOperation {
  return {
    id: operationId,
    // The ids of other operations contain a colon, which no command's name does.
    name: operationId.includes(':')
      ? route.replace(/^\w+/, (verb) => verb.toUpperCase())
      : operationId,
    summary,
    fragment: `#/${encodeURIComponent(tag)}/${encodeURIComponent(operationId)}`,
  };
}
