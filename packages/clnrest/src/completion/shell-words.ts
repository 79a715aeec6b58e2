import type {
  CommandEntry,
  Completes,
  OptionEntries,
  OptionEntry,
} from '../command-table/entry.ts';

/** A command as completion sees it. */
export interface CompletedCommand {
  /** The subcommands before the word, such as `rune create`; empty for the program. */
  readonly path: string;
  readonly commands: readonly Described[];
  readonly options: readonly CompletedOption[];
  /** The subcommands, and other words that can be an argument. */
  readonly words: readonly Described[];
}

/** A word that a shell offers, with its description. */
export interface Described {
  readonly word: string;
  readonly text: string;
}

/** An option that a shell offers. */
export interface CompletedOption {
  readonly name: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly completes: Completes | undefined;
  readonly text: string;
}

/** What the table does not list, by the subcommands before it, such as `sandbox`. */
export type Further = Readonly<
  Record<string, { readonly options?: OptionEntries; readonly words?: readonly string[] }>
>;

/** Flattens the table for the scripts. */
export function completedCommands(
  entry: CommandEntry,
  further: Further,
  path: readonly string[] = [],
): CompletedCommand[] {
  const name = path.join(' ');
  const more = further[name];
  const commands = (entry.commands ?? []).map(({ name, summary }) => described(name, summary));
  const words = [...(entry.arguments ?? []), ...(more?.words ?? [])];
  const options = Object.entries({ ...more?.options, ...entry.options });
  return [
    {
      path: name,
      commands,
      options: options.map(completedOption),
      words: [...commands, ...words.map((word) => described(word, ''))],
    },
    ...(entry.commands ?? []).flatMap((command) =>
      completedCommands(command, further, [...path, command.name]),
    ),
  ];
}

function described(word: string, text: string): Described {
  return { word, text };
}

function completedOption([name, option]: [string, OptionEntry]): CompletedOption {
  const { short, value, completes, help } = option;
  return { name, short, takesValue: value !== undefined, completes, text: shortText(help) };
}

const MAX_TEXT = 60;

/** Returns a description for one line of a menu: without the default. */
function shortText(text: string): string {
  const [first = ''] = text.split(' (');
  return first.length <= MAX_TEXT ? first : `${first.slice(0, MAX_TEXT - 1)}…`;
}

/** Returns the cases of bash and zsh for a subcommand that does not exist, after which they offer nothing. */
export function unknownCases(groups: readonly CompletedCommand[], variable: string): string {
  const options = groups.map(({ path }) => `${path}/-*`).join('|');
  const others = groups.map(({ path }) => `${path}/?*`).join('|');
  return `      /help|${options}) ;;
      ${others}) ${variable}='?' ;;`;
}

/** Quotes a word for bash, zsh and fish. fish also reads backslashes in quotes, and no word has one. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
