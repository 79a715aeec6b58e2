import { type Format, format } from './format.ts';
import { type JsonTree, member, parseJsonTree } from './json-tree.ts';

/**
 * Formats a result as requested, or as its `format-hint` says, or as JSON; without the final line break.
 *
 * @param isList whether the result is the list of all commands
 */
export function formatResult(text: string, requested: Format | undefined, isList: boolean): string {
  const tree = parseJsonTree(text);
  const hint = member(tree, 'format-hint');
  const simple = hint?.kind === 'scalar' && hint.raw === '"simple"';
  const as = requested ?? (isList ? 'help-list' : simple ? 'human' : 'json');
  return format(as === 'human' ? withoutHint(tree) : tree, text, as);
}

/** Removes lightningd's `format-hint`, which is meant for programs. */
function withoutHint(tree: JsonTree): JsonTree {
  if (tree.kind !== 'object') return tree;
  return { ...tree, members: tree.members.filter(([name]) => name !== '"format-hint"') };
}
