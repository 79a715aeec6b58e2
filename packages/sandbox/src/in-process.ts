/**
 * The development node inside the calling process, for the command `clnrest` and the program of `@clnrest/sandbox`. Not
 * published.
 *
 * @module
 */

export { runSandbox, type RunningSandbox } from './sandbox.ts';
export {
  parseSandboxOptions,
  type SandboxOptions,
  type SandboxRequest,
} from './sandbox-options.ts';
export { restAuthorityFile, ServerStartError, waitForRestServer } from './startup/rest-server.ts';
export { sandboxHelp } from './startup/plugin-help.ts';

export { SandboxError, type SandboxErrorCode } from './sandbox-error.ts';

export type { LogEntry, LogSink } from './log/log-book.ts';
export type { LogLevel } from './log/level.ts';
export type { Clock } from './clock.ts';

export { VERSION } from './version.ts';
