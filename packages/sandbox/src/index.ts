/**
 * A development node: it speaks lightningd's socket and hosts plugins by lightningd's protocol, so
 * that what is written for Core Lightning runs in a small world of its own, without real money.
 *
 * @module
 */

// Starting one, in a program of one's own or from a command line.
export { startSandbox, type Sandbox } from './sandbox.ts';
export {
  parseSandboxOptions,
  type SandboxOptions,
  type SandboxRequest,
} from './sandbox-options.ts';
export { helpText as sandboxHelp } from './options/help.ts';

// Why it did not start, or ended.
export { SandboxError, type SandboxErrorCode } from './sandbox-error.ts';

// What it logs, and when it is.
export type { LogEntry, LogSink } from './log/log-book.ts';
export type { LogLevel } from './log/level.ts';
export type { Clock } from './clock.ts';

// What it says that it is.
export { VERSION } from './version.ts';
