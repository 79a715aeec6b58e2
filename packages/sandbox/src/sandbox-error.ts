/** Why a sandbox did not start, or stopped. */
export type SandboxErrorCode =
  /** An option on the command line or in a file is unknown or has an invalid value. */
  | 'bad_option'
  /** The options ask for mainnet, or for the directory of a real node. */
  | 'refused'
  /** Another sandbox uses the directory, or another process the socket. */
  | 'already_running'
  /** A plugin that the node needs failed. */
  | 'plugin_failed'
  /** The directory, or a file in it, cannot be created or written. */
  | 'unusable_directory'
  /** The database is damaged, or newer than this program. */
  | 'bad_database'
  /** The process of the sandbox ended before the node ran. Its standard error shows why. */
  | 'start_failed';

/**
 * The sandbox cannot run. The message can be shown to the user as it is.
 *
 * @example
 * ```ts
 * import { SandboxError, startSandbox } from '@clnrest/sandbox';
 *
 * const error = await startSandbox({ args: ['--no-such-option'] }).catch((error: unknown) => error);
 * error instanceof SandboxError && error.code; // => 'bad_option'
 * ```
 */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
    this.code = code;
  }
}
