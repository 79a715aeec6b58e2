/** A path that can't be registered. The message is for whoever wanted it, the built-in plugin's where it has one. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
  /** The path that stands in the way. */
  readonly conflictsWith: string | undefined;

  constructor(message: string, details: { conflictsWith?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.conflictsWith = details.conflictsWith;
  }
}
