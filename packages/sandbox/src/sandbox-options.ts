import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { homeDirectory } from '@clnrest/lightningd';
import type { Clock } from './clock.ts';
import type { LogSink } from './log/log-book.ts';
import { FEATURE_NAMES } from './features.ts';
import { readCommandLine } from './options/command-line.ts';
import { OWN_OPTIONS } from './options/own-options.ts';
import { readSettings } from './options/read-settings.ts';
import type { Setting } from './options/definition.ts';
import { settingError } from './options/registry.ts';
import { VERSION } from './version.ts';

/** How a sandbox starts. */
export interface SandboxOptions {
  /** lightningd's options, as on its command line: `['--lightning-dir=/tmp/l1', '--rest-port=3010']`. */
  readonly args: readonly string[];
  /** Paths of bundled plugins: they start before the plugins that options name. */
  readonly plugins?: readonly string[];
  /**
   * The names of all options of `plugins`. With them, an unknown option is reported before anything starts, unless other
   * plugins could have it.
   */
  readonly pluginOptions?: readonly string[];
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
 * import { parseSandboxOptions } from '@clnrest/sandbox/in-process';
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
  const { settings, lightningDir } = readSettings(args, pathDefaults(options));
  const { pluginOptions } = options;
  if (pluginOptions !== undefined) {
    expectKnown(settings, pluginOptions, join(lightningDir, 'plugins'));
  }
  return { kind: 'start', options };
}

/** Options that start further plugins, or none. */
const CHOOSE_PLUGINS = new Set(['plugin', 'plugin-dir', 'important-plugin', 'disable-plugin']);

/**
 * Checks that all options exist, if the bundled plugins are the only ones.
 *
 * @param directory where the node finds further plugins
 */
function expectKnown(
  settings: readonly Setting[],
  pluginOptions: readonly string[],
  directory: string,
): void {
  const hasOthers = settings.some(({ name }) => CHOOSE_PLUGINS.has(name)) || existsSync(directory);
  const unknown = settings.find(
    ({ name }) =>
      !pluginOptions.includes(name) && !OWN_OPTIONS.some((option) => option.name === name),
  );
  if (unknown !== undefined && !hasOthers) throw settingError(unknown, 'unknown option');
}

/** Where relative paths and the default directory start. */
export function pathDefaults({ workingDirectory, home }: SandboxOptions) {
  return {
    workingDirectory: workingDirectory ?? process.cwd(),
    home: home ?? homeDirectory(),
  };
}
