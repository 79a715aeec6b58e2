/**
 * A development node that speaks lightningd's JSON-RPC socket and hosts lightningd's plugins. Programs for Core Lightning
 * run on a simulated chain with simulated peers, without real money.
 *
 * @module
 */

export { startSandbox, type Sandbox } from './sandbox.ts';
export {
  parseSandboxOptions,
  type SandboxOptions,
  type SandboxRequest,
} from './sandbox-options.ts';
export { sandboxHelp } from './startup/plugin-help.ts';

export { SandboxError, type SandboxErrorCode } from './sandbox-error.ts';

export type { LogEntry, LogSink } from './log/log-book.ts';
export type { LogLevel } from './log/level.ts';
export type { Clock } from './clock.ts';

export { VERSION } from './version.ts';
