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
  | 'bad_database';

/** The sandbox cannot run. The message can be shown to the user as it is. */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
    this.code = code;
  }
}
