/** Why a sandbox could not start, or had to stop. */
export type SandboxErrorCode =
  /** An option, on the command line or in a file, that is unknown or has a wrong value. */
  | 'bad_option'
  /** Something that the sandbox is not: mainnet, a directory of a real node. */
  | 'refused'
  /** Another sandbox has the directory, or another process the socket. */
  | 'already_running'
  /** A plugin that must run can't. */
  | 'plugin_failed'
  /** The database is newer than this program, or damaged. */
  | 'bad_database';

/** The sandbox can't run; the message is a whole sentence for whoever started it. */
export class SandboxError extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SandboxError';
    this.code = code;
  }
}
