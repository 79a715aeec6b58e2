/** A path cannot be registered. The message is the built-in plugin's for errors that the built-in plugin has. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
  /** The registered path that conflicts. */
  readonly conflictsWith: string | undefined;

  constructor(message: string, details: { conflictsWith?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.conflictsWith = details.conflictsWith;
  }
}
