import { homeDirectory } from '@clnrest/lightningd';
import type { Clock } from './clock.ts';
import type { LogSink } from './log/log-book.ts';
import { FEATURE_NAMES } from './features.ts';
import { readCommandLine } from './options/command-line.ts';
import { OWN_OPTIONS } from './options/own-options.ts';
import { readSettings } from './options/read-settings.ts';
import { VERSION } from './version.ts';

/** How a sandbox starts. */
export interface SandboxOptions {
  /** lightningd's options, as on its command line: `['--lightning-dir=/tmp/l1', '--rest-port=3010']`. */
  readonly args: readonly string[];
  /** Paths of bundled plugins: they start before the plugins that options name. */
  readonly plugins?: readonly string[];
  /** Receives log lines unless `--log-file` is set; `--log-file=-` means this sink. */
  readonly log?: LogSink;
  /** Base of relative paths in `--lightning-dir` and `--conf`. Defaults to the process's working directory. */
  readonly workingDirectory?: string;
  /** The directory that contains `.lightning`. Defaults to `HOME`, or the directory in the system's list of users. */
  readonly home?: string;
  /** Environment variables of the plugins. Defaults to the process's. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Defaults to the system's clock. */
  readonly clock?: Clock;
}

/** What a command line requests. */
export type SandboxRequest =
  /** `sandboxHelp` returns the text. */
  | { readonly kind: 'help'; readonly options: SandboxOptions }
  /** The program prints the text and exits. */
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'start'; readonly options: SandboxOptions };

/**
 * Reads a command line with lightningd's options.
 *
 * Options of plugins can only be checked when the plugins run. All others are checked here.
 *
 * @throws SandboxError `bad_option`, and `refused` for mainnet
 *
 * @example
 * ```ts
 * import { parseSandboxOptions } from '@clnrest/sandbox';
 *
 * parseSandboxOptions(['--version']).kind; // => 'print'
 * parseSandboxOptions(['--regtest', '--rest-port=3010']).kind; // => 'start'
 * ```
 */
export function parseSandboxOptions(
  args: readonly string[],
  rest: Omit<SandboxOptions, 'args'> = {},
): SandboxRequest {
  const options = { ...rest, args };
  const requests = (name: string): boolean =>
    readCommandLine(args, OWN_OPTIONS).some((setting) => setting.name === name);
  if (requests('help')) return { kind: 'help', options };
  if (requests('version')) return { kind: 'print', text: VERSION };
  if (requests('list-features-only')) return { kind: 'print', text: FEATURE_NAMES.join('\n') };
  if (requests('test-daemons-only')) return { kind: 'print', text: '' };
  readSettings(args, pathDefaults(options));
  return { kind: 'start', options };
}

/** Where relative paths and the default directory start. */
export function pathDefaults({ workingDirectory, home }: SandboxOptions) {
  return {
    workingDirectory: workingDirectory ?? process.cwd(),
    home: home ?? homeDirectory(),
  };
}
