import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { LogBook } from '../log/log-book.ts';
import { helpText } from '../options/help.ts';
import { OWN_OPTIONS } from '../options/own-options.ts';
import { readSettings } from '../options/read-settings.ts';
import { OptionRegistry } from '../options/registry.ts';
import { pathDefaults, type SandboxOptions } from '../sandbox-options.ts';
import { Cleanup } from './cleanup.ts';
import { FatalFailure } from './fatal-failure.ts';
import { startPlugins } from './start-plugins.ts';

/**
 * The text of `--help`. As in lightningd, the plugins start for it, to declare their options, and stop again. Nothing is
 * written.
 *
 * @param width - the longest line; by default 100 characters
 * @throws SandboxError if an option is invalid or a plugin cannot start
 *
 * @example
 * ```ts
 * import { sandboxHelp } from '@clnrest/sandbox/in-process';
 *
 * const text = await sandboxHelp({ args: ['--help'] });
 * text.includes('--lightning-dir=<dir>'); // => true
 * ```
 */
export async function sandboxHelp(given: SandboxOptions, width?: number): Promise<string> {
  const args = given.args.filter((arg) => arg !== '--help' && arg !== '-h');
  const { settings, lightningDir, network } = readSettings(args, pathDefaults(given));
  const options = new OptionRegistry(OWN_OPTIONS, settings);
  const logBook = new LogBook(systemClock());
  const networkDir = join(lightningDir, network.name);
  const cleanup = new Cleanup();
  try {
    await startPlugins(
      {
        directory: { base: lightningDir, network: existsSync(networkDir) ? networkDir : tmpdir() },
        network,
        options,
        developer: options.isSet('developer'),
        allowDeprecated: true,
        logBook,
        log: logBook.logger('lightningd'),
      },
      given,
      new FatalFailure(),
      cleanup,
    );
    const ofPlugins = [...options.definitions()].filter(({ plugin }) => plugin !== undefined);
    return helpText(ofPlugins, width);
  } finally {
    await cleanup.run();
  }
}
