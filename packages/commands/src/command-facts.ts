/** What is known about a command besides its schemas. */
export interface CommandFacts {
  /** The names of the parameters in the order of positional calls. */
  readonly positions: readonly string[];
  /** The names of the required parameters. */
  readonly required: readonly string[];
  /** The defaults of optional parameters, as JSON or a short text, if the command states them. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** The version that added the command. */
  readonly added?: string;
  /** The version that deprecated the command, and the one in which removal is due. */
  readonly deprecated?: readonly string[];
  /** The codes of the errors that the command documents. */
  readonly errors?: readonly number[];
}
