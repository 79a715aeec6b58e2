import { systemClock, type Clock } from '../clock.ts';
import { Database } from '../database/database.ts';
import { lockDirectory } from '../database/lock.ts';
import { migrate } from '../database/schema.ts';
import { Vars } from '../database/vars.ts';
import { prepareDirectory, type NodeDirectory } from '../directory/directory.ts';
import { LogBook, type Logger } from '../log/log-book.ts';
import type { LogFile } from '../log/log-file.ts';
import { configureLog } from '../options/log-settings.ts';
import type { Network } from '../options/network.ts';
import { OWN_OPTIONS } from '../options/own-options.ts';
import { OptionRegistry } from '../options/registry.ts';
import { readSettings } from '../options/read-settings.ts';
import { boolValue } from '../options/values.ts';
import { pathDefaults, type SandboxOptions } from '../sandbox-options.ts';
import { VERSION } from '../version.ts';
import type { Cleanup } from './cleanup.ts';

/** What the node and its plugins are built on. */
export interface Base {
  readonly directory: NodeDirectory;
  readonly network: Network;
  readonly clock: Clock;
  readonly options: OptionRegistry;
  /** The base of relative paths. */
  readonly workingDirectory: string;
  readonly developer: boolean;
  readonly allowDeprecated: boolean;
  readonly logBook: LogBook;
  readonly log: Logger;
  /** The files of `--log-file`, without the standard output. */
  readonly logFiles: readonly LogFile[];
}

/** The node's database, at this program's version. */
export interface Storage {
  readonly database: Database;
  readonly vars: Vars;
}

/**
 * Reads the options, locks the directory and opens the log.
 *
 * @throws SandboxError `bad_option`, `refused`, `unusable_directory`, or `already_running`
 */
export function openBase(given: SandboxOptions, cleanup: Cleanup): Base {
  const defaults = pathDefaults(given);
  const { workingDirectory } = defaults;
  const { settings, lightningDir, network } = readSettings(given.args, defaults);
  const directory = prepareDirectory(lightningDir, network.name);
  const lock = lockDirectory(directory.lock, directory.network);
  cleanup.add(() => lock.release());

  const clock = given.clock ?? systemClock();
  const options = new OptionRegistry(OWN_OPTIONS, settings);
  const logBook = new LogBook(clock);
  const log = logBook.logger('lightningd');
  log.log('info', VERSION);
  const standardOutput = given.log ?? (() => undefined);
  const logFiles = configureLog(logBook, options, directory.network, standardOutput);
  cleanup.add(() => logFiles.forEach((file) => file.close()));

  const developer = options.isSet('developer');
  const allowDeprecated = boolValue(options.value('allow-deprecated-apis') ?? '') ?? !developer;
  const shown = { developer, allowDeprecated, logBook, log, logFiles };
  return { directory, network, clock, options, workingDirectory, ...shown };
}

/** Opens and migrates the database. @throws SandboxError `bad_database` */
export function openStorage(directory: NodeDirectory, cleanup: Cleanup): Storage {
  const database = new Database(directory.database);
  cleanup.add(() => database.close());
  migrate(database);
  return { database, vars: new Vars(database) };
}
