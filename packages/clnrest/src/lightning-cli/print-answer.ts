import { type Format, format } from './format.ts';
import { type JsonTree, member, parseJsonTree } from './json-tree.ts';

/**
 * An answer as it is printed: as asked for, else as the answer itself hints at, else as JSON; without the last
 * line break.
 *
 * @param isList the answer is the list of all commands
 */
export function printAnswer(text: string, asked: Format | undefined, isList: boolean): string {
  const tree = parseJsonTree(text);
  const hint = member(tree, 'format-hint');
  const simple = hint?.kind === 'scalar' && hint.raw === '"simple"';
  const as = asked ?? (isList ? 'help-list' : simple ? 'human' : 'json');
  return format(as === 'human' ? withoutHint(tree) : tree, text, as);
}

/** lightningd tells programs how to print an answer; people need not see it. */
function withoutHint(tree: JsonTree): JsonTree {
  if (tree.kind !== 'object') return tree;
  return { ...tree, members: tree.members.filter(([name]) => name !== '"format-hint"') };
}
