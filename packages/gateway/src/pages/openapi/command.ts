import type { MethodHelp } from '../../node/method-list.ts';
import { isMethodName } from '../../node/method-name.ts';
import { knownCommand, type Tag } from './known-commands.ts';
import { oneLine } from './markdown.ts';
import { readUsage, type Usage } from './usage.ts';

/** A command of the node with its documentation. */
export interface Command {
  readonly name: string;
  readonly tag: Tag;
  /** Whether Core Lightning documents the command, so that the types of its parameters are known. */
  readonly isKnown: boolean;
  readonly usage: Usage;
  /** The usage of `help` without the name, on one line. */
  readonly usageLine: string;
  readonly summary: string;
  readonly description: string;
}

/** The groups of the categories in `help` of older nodes (v23.08). */
const CATEGORIES: ReadonlyMap<string, Tag> = new Map([
  ['bitcoin', 'onchain'],
  ['channels', 'channels'],
  ['developer', 'developer'],
  ['network', 'network'],
  ['payment', 'payments'],
  ['utility', 'node'],
]);

/**
 * Reads the entry of a command in `help`. Returns `undefined` if the API does not have the command: if its name
 * cannot be called over REST, or if the path belongs to the server.
 */
export function readCommand({ usage, category, description }: MethodHelp): Command | undefined {
  const name = /^\S*/.exec(usage)?.[0] ?? '';
  if (!isMethodName(name) || name === LIST_METHODS) return undefined;
  const usageLine = usage.slice(name.length);
  const known = knownCommand(name);
  const described = oneLine(description ?? '');
  return {
    name,
    tag: known?.tag ?? CATEGORIES.get(category ?? '') ?? 'plugins',
    isKnown: known !== undefined && known.tag !== 'developer',
    usage: readUsage(usageLine),
    usageLine: oneLine(usageLine),
    summary: known?.summary ?? (described === '' ? `Runs ${name}` : described),
    description: described,
  };
}

/** A path of the server, at which no command can be called. */
const LIST_METHODS = 'list-methods';
