import { resolve } from 'node:path';
import { parseLogLevel, type LogLevel } from '../log/level.ts';
import type { LevelFilter, LogBook, LogSink } from '../log/log-book.ts';
import { openLogFile, type LogFile } from '../log/log-file.ts';
import { settingError, type OptionRegistry } from './registry.ts';
import { boolValue } from './values.ts';

/** An output that `--log-level` can still add filters to. */
interface MutableLogOutput {
  readonly sink: LogSink;
  readonly filters: LevelFilter[];
}

/**
 * Configures the log from the options. `--log-file` names files relative to the network's directory; `-` is the standard
 * output, which is also the default.
 *
 * `--log-level` sets the level of all sources, of some (`debug:plugin-rest`), or of some in one file
 * (`debug:plugin-rest:FILE`).
 *
 * @param standardOutput - the sink in place of lightningd's standard output
 * @returns the open files, which the caller must close
 * @throws SandboxError `bad_option`
 */
export function configureLog(
  book: LogBook,
  options: OptionRegistry,
  directory: string,
  standardOutput: LogSink,
): LogFile[] {
  const names = options.values('log-file');
  const files: LogFile[] = [];
  const outputs = new Map<string, MutableLogOutput>();
  for (const name of names) {
    if (name === '-') {
      outputs.set(name, { sink: standardOutput, filters: [] });
      continue;
    }
    const file = openLogFile(resolve(directory, name));
    files.push(file);
    outputs.set(name, { sink: file.sink, filters: [] });
  }
  if (names.length === 0) outputs.set('-', { sink: standardOutput, filters: [] });

  let threshold: LogLevel = 'info';
  const filters: LevelFilter[] = [];
  for (const setting of options.settings().filter(({ name }) => name === 'log-level')) {
    const [levelText = '', source, ...rest] = (setting.value ?? '').trimEnd().split(':');
    const level = parseLogLevel(levelText);
    if (level === undefined) throw settingError(setting, `unknown log level ${levelText}`);
    if (source === undefined) {
      threshold = level;
    } else if (rest.length === 0) {
      filters.push({ level, source });
    } else {
      const file = rest.join(':');
      const output = outputs.get(file);
      if (output === undefined) throw settingError(setting, `unknown log file ${file}`);
      output.filters.push({ level, source });
    }
  }
  book.configure({
    threshold,
    filters,
    outputs: [...outputs.values()],
    prefix: options.value('log-prefix') ?? '',
    timestamps: boolValue(options.value('log-timestamps') ?? 'true') ?? true,
  });
  return files;
}
