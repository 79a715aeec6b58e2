import type { MethodHelp } from '../../node/method-list.ts';
import { isMethodName } from '../../node/method-name.ts';
import { agreeingFacts } from './facts/agreement.ts';
import type { Facts, FactsOfCommand } from './facts/facts.ts';
import { knownCommand, type Tag } from './known-commands.ts';
import { oneLine } from './markdown.ts';
import { readUsage, type Usage } from './usage.ts';

/** What is known about a command's parameters in addition to `help`. */
export interface Knowledge {
  /** Whether the command is part of Core Lightning, so that some names determine types. */
  readonly isKnown: boolean;
  /** The facts about the command, if `help` agrees with them. */
  readonly facts: FactsOfCommand | undefined;
}

/** A command of the node with its documentation. */
export interface Command extends Knowledge {
  readonly name: string;
  readonly tag: Tag;
  readonly usage: Usage;
  /** The usage of `help` without the name, on one line. */
  readonly usageLine: string;
  /** What the command does, without a full stop. */
  readonly summary: string;
  /** The description in `help` of older nodes. */
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
export function readCommand(
  { usage, category, description }: MethodHelp,
  { commands }: Facts,
): Command | undefined {
  const name = /^\S*/.exec(usage)?.[0] ?? '';
  if (!isMethodName(name) || name === LIST_METHODS) return undefined;
  const usageLine = usage.slice(name.length);
  const listed = readUsage(usageLine);
  const parsed = TAKES_MORE.has(name) ? { ...listed, isComplete: false } : listed;
  const factual = factsOf(name, commands);
  const known = textsOf(name, factual);
  const described = oneLine(description ?? '');
  return {
    name,
    tag: known?.tag ?? CATEGORIES.get(category ?? '') ?? 'plugins',
    isKnown: known !== undefined && known.tag !== 'developer',
    facts: factual && agreeingFacts(parsed, factual),
    usage: parsed,
    usageLine: oneLine(usageLine),
    summary: known?.summary ?? (described === '' ? `Runs ${name}` : described),
    description: described,
  };
}

function factsOf(name: string, commands: Facts['commands']): FactsOfCommand | undefined {
  // This server has the node's command under a name of its own.
  const described = name === 'rest-register-path' ? 'clnrest-register-path' : name;
  return Object.hasOwn(commands, described) ? commands[described] : undefined;
}

/** Returns the group and the summary of a command of Core Lightning. */
function textsOf(
  name: string,
  factual: FactsOfCommand | undefined,
): { readonly tag: Tag; readonly summary: string } | undefined {
  if (factual === undefined || SERVER_COMMANDS.has(name)) return knownCommand(name);
  return { tag: factual.category, summary: factual.summary.replace(/\.$/, '') };
}

/** A path of the server, at which no command can be called. */
const LIST_METHODS = 'list-methods';
/** `check` also takes the parameters of the command to check, which `help` does not list. */
const TAKES_MORE = new Set(['check']);
/** The server registers these commands itself. */
const SERVER_COMMANDS = new Set(['clnrest-register-path', 'rest-register-path']);
