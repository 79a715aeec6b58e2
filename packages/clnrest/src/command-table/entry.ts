/** One option of a subcommand. */
export interface OptionEntry {
  /** The one-letter name. */
  readonly short?: string;
  /** The placeholder of the value, such as `FILE`. A flag has none. */
  readonly value?: string;
  /** A noun phrase, with the default. */
  readonly help: string;
  /** What a shell offers as the value: files, directories, or these words. */
  readonly completes?: Completes;
}

/** What a shell offers. */
export type Completes = 'file' | 'directory' | readonly string[];

/** Options by their names, without dashes. */
export type OptionEntries = Readonly<Record<string, OptionEntry>>;

/** One subcommand: the source of its help, its completion, its reference, and the parsing of its options. */
export interface CommandEntry {
  readonly name: string;
  /** A verb and an object, for the list of commands. */
  readonly summary: string;
  /** What follows the name on the usage line. */
  readonly usage: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly options: OptionEntries;
  /** A sentence about further options. */
  readonly moreOptions?: string;
  /** The words that can be an argument. */
  readonly arguments?: readonly string[];
  /** Command lines to paste, at least one. */
  readonly examples: readonly string[];
  /** What the exit statuses mean for this command, apart from the general meaning. */
  readonly statuses: Partial<Readonly<Record<Status, string>>>;
  /** The commands of a group such as `rune`. */
  readonly commands?: readonly CommandEntry[];
}

/** An exit status of the convention in `exit-status.ts`. */
export type Status = 0 | 1 | 2 | 3 | 4;

/** The option that each subcommand has. */
export const HELP = { help: { short: 'h', help: 'this help' } } as const satisfies OptionEntries;
