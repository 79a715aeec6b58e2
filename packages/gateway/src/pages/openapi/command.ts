import type { MethodHelp } from '../../node/method-list.ts';
import { isMethodName } from '../../node/method-name.ts';
import { knownCommand, type Tag } from './known-commands.ts';
import { oneLine } from './markdown.ts';
import { readUsage, type Usage } from './usage.ts';

/** A command of the node, with all that a page can tell of it. */
export interface Command {
  readonly name: string;
  readonly tag: Tag;
  /** Whether it is Core Lightning's own, so that its parameters mean what they do there. */
  readonly isKnown: boolean;
  readonly usage: Usage;
  /** The usage line without the name, as it stands in `help`, on one line. */
  readonly usageLine: string;
  readonly summary: string;
  readonly description: string;
}

/** What nodes that tell a category call their groups (v23.08). */
const CATEGORIES: ReadonlyMap<string, Tag> = new Map([
  ['bitcoin', 'onchain'],
  ['channels', 'channels'],
  ['developer', 'developer'],
  ['network', 'network'],
  ['payment', 'payments'],
  ['utility', 'node'],
]);

/**
 * What `help` tells of a command. Nothing where its name is none that can be called here, or that leads to
 * something else: such a command is not part of this API.
 */
export function readCommand({ usage, category, description }: MethodHelp): Command | undefined {
  const name = /^\S*/.exec(usage)?.[0] ?? '';
  if (!isMethodName(name) || name === LIST_METHODS) return undefined;
  const usageLine = usage.slice(name.length);
  const known = knownCommand(name);
  const told = oneLine(description ?? '');
  return {
    name,
    tag: known?.tag ?? CATEGORIES.get(category ?? '') ?? 'plugins',
    isKnown: known !== undefined && known.tag !== 'developer',
    usage: readUsage(usageLine),
    usageLine: oneLine(usageLine),
    summary: known?.summary || told || oneLine(usageLine),
    description: told,
  };
}

/** A path of ours, and so no command by POST. */
const LIST_METHODS = 'list-methods';
