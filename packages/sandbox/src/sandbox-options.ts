import { homedir } from 'node:os';
import type { Clock } from './clock.ts';
import type { LogSink } from './log/log-book.ts';
import { readCommandLine } from './options/command-line.ts';
import { helpText } from './options/help.ts';
import { OWN_OPTIONS } from './options/own-options.ts';
import { settle } from './options/settle.ts';
import { VERSION } from './version.ts';

/** How to start a sandbox. */
export interface SandboxOptions {
  /** lightningd's options as on its command line: `['--lightning-dir=/tmp/l1', '--rest-port=3010']`. */
  readonly args: readonly string[];
  /** Plugins that come with the product, started before those that are asked for. */
  readonly plugins?: readonly string[];
  /** Where log lines go unless a `--log-file` is given; also what `--log-file=-` means. */
  readonly log?: LogSink;
  /** What relative paths of `--lightning-dir` and `--conf` start from. The process's, if left out. */
  readonly workingDirectory?: string;
  /** The directory that holds `.lightning` by default. The user's, if left out. */
  readonly home?: string;
  /** What plugins find in their environment. The process's, if left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the time is read. The system's, if left out. */
  readonly clock?: Clock;
}

/** What a command line asks for. */
export type SandboxRequest =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'start'; readonly options: SandboxOptions };

/**
 * Reads a command line with lightningd's options.
 *
 * Options of plugins are held against what plugins say once they run; everything else that is
 * wrong is known here already.
 *
 * @throws SandboxError `bad_option`, and `refused` for mainnet
 *
 * @example
 * ```ts
 * import { parseSandboxOptions } from '@clnrest/sandbox';
 *
 * parseSandboxOptions(['--version']).kind; // => 'version'
 * parseSandboxOptions(['--regtest', '--rest-port=3010']).kind; // => 'start'
 * ```
 */
export function parseSandboxOptions(
  args: readonly string[],
  rest: Omit<SandboxOptions, 'args'> = {},
): SandboxRequest {
  const asks = (name: string): boolean =>
    readCommandLine(args, OWN_OPTIONS).some((setting) => setting.name === name);
  if (asks('help')) return { kind: 'help', text: helpText() };
  if (asks('version')) return { kind: 'version', text: VERSION };
  const options = { ...rest, args };
  settle(args, surroundingsOf(options));
  return { kind: 'start', options };
}

export function surroundingsOf({ workingDirectory, home }: SandboxOptions) {
  return {
    workingDirectory: workingDirectory ?? process.cwd(),
    home: home ?? homedir(),
  };
}
