import type { Readable, Writable } from 'node:stream';
import type { LogLevel } from './declarations.ts';

/** The environment of a plugin. `processIo()` returns that of the process. */
export interface PluginIo {
  /** Messages from lightningd. */
  readonly stdin: Readable;
  /** Messages to lightningd. */
  readonly stdout: Writable;
  /** The node's version, e.g. `v26.06.6`. */
  readonly lightningdVersion?: string | undefined;
  /** Whether the node runs with `--developer`, which allows developer-only parameters. */
  readonly developer?: boolean | undefined;
  /** Set if a user, not lightningd, started the program: prints the help text. */
  readonly startedByHand?: ((help: string) => void) | undefined;
  /** Redirects output and handles signals while the plugin runs. Returns a function that restores them. */
  readonly guard?: ((plugin: GuardedPlugin) => () => void) | undefined;
  /** Exits the program. */
  readonly exit?: ((status: number) => void) | undefined;
}

/** The operations on a plugin that {@link PluginIo.guard} uses. */
export interface GuardedPlugin {
  log(level: LogLevel, message: string): void;
  /** Logs an uncaught error. */
  failure(what: string, error: unknown): void;
  /** Closes the plugin in order and exits with this status. */
  close(status: number): void;
}
