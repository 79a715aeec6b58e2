import { visible } from '../../visible.ts';

/** A command of the node, from its usage. */
export interface Command {
  readonly name: string;
  /** In order of position. */
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly name: string;
  readonly required: boolean;
}

/**
 * Reads the commands in the response of `GET /v1/list-methods`, sorted by name. Malformed entries are skipped.
 */
export function readCommands(answer: unknown): readonly Command[] {
  const help = typeof answer === 'object' && answer !== null && 'help' in answer && answer.help;
  if (!Array.isArray(help)) return [];
  const commands = help.flatMap((entry: unknown) => {
    const usage =
      typeof entry === 'object' && entry !== null && 'command' in entry && entry.command;
    return typeof usage === 'string' ? (readUsage(usage) ?? []) : [];
  });
  return commands.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Parses `invoice amount_msat label description [expiry]`. Brackets can enclose several parameters. */
function readUsage(usage: string): Command | undefined {
  const [line = ''] = usage.split('\n');
  const [name, ...words] = line.split(/\s+/).filter((word) => word !== '');
  if (name === undefined) return undefined;
  let depth = 0;
  const parameters = words.flatMap((word) => {
    depth += count(word, '[');
    const required = depth === 0;
    depth = Math.max(0, depth - count(word, ']'));
    const plain = /^[\w-]+/.exec(word.replace(/^\[+/, ''))?.[0];
    return plain === undefined ? [] : [{ name: plain, required }];
  });
  return { name, parameters };
}

function count(word: string, bracket: string): number {
  return word.split(bracket).length - 1;
}

/** Returns the usage of a command: `pay bolt11 [amount_msat]`. */
export function usageOf({ name, parameters }: Command): string {
  const shown = visible(name);
  if (parameters.length === 0) return `${shown} takes no parameters`;
  const words = parameters.map(({ name, required }) => (required ? name : `[${name}]`));
  return [shown, ...words].join(' ');
}
