import type { Readable, Writable } from 'node:stream';
import type { LogLevel } from './declarations.ts';

/** What a plugin needs of its surroundings. The program's own is `processIo()`. */
export interface PluginIo {
  /** lightningd speaks here. */
  readonly stdin: Readable;
  /** lightningd listens here. */
  readonly stdout: Writable;
  /** The node's version, e.g. `v26.06.6`. */
  readonly lightningdVersion?: string | undefined;
  /** Set if a person, not lightningd, is at the other end: gets a word of help. */
  readonly startedByHand?: ((help: string) => void) | undefined;
  /** Takes care of the program around the plugin while it runs. Returns what undoes that. */
  readonly guard?: ((plugin: GuardedPlugin) => () => void) | undefined;
  /** Ends the program. */
  readonly exit?: ((status: number) => void) | undefined;
}

/** What may happen to a plugin from the program around it. */
export interface GuardedPlugin {
  log(level: LogLevel, message: string): void;
  /** Logs an error that nobody caught. */
  failure(what: string, error: unknown): void;
  /** Orderly, with this exit status. */
  close(status: number): void;
}
