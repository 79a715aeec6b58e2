import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { settingText, type Setting } from './definition.ts';

/** A line of a file that has been written. */
interface Line {
  readonly file: string;
  readonly line: number;
}

/** The file beside a configuration file in which `setconfig` keeps its settings. */
export class SetconfigFile {
  readonly #base: string;
  readonly #file: string;

  /** @param base - the configuration file that includes it */
  constructor(base: string) {
    this.#base = base;
    this.#file = `${base}.setconfig`;
  }

  /** Returns lightningd's error text if a setting's file has changed since the start, or undefined. */
  changed(settings: readonly Setting[]): string | undefined {
    for (const setting of settings) {
      const { source } = setting;
      if (source.kind !== 'file') continue;
      const lines = readLines(source.file);
      const found = lines[source.line - 1];
      if (found === undefined)
        return `Configfile ${source.file} no longer has ${source.line} lines!`;
      const expected = settingText(setting);
      if (found !== expected) {
        return `Configfile ${source.file} line ${source.line} changed from ${expected} to ${found}!`;
      }
    }
    return undefined;
  }

  /**
   * Writes the settings of an option, and comments its old ones out. A single setting replaces an old one in place.
   *
   * @param log - receives what changed in which file
   */
  save(texts: readonly string[], old: readonly Setting[], log: (line: string) => void): Line[] {
    this.#create();
    const [text] = texts;
    const last = old.at(-1);
    if (texts.length === 1 && text !== undefined && last?.source.kind === 'file') {
      const { file, line } = last.source;
      if (file === this.#file) {
        for (const setting of old.slice(0, -1)) replaceLine(setting, undefined, log);
        replaceLine(last, text, log);
        return [{ file, line }];
      }
    }
    for (const setting of old) replaceLine(setting, undefined, log);
    return texts.map((each) => this.#append(each));
  }

  #create(): void {
    if (!existsSync(this.#base)) writeFileSync(this.#base, '');
    const include = `include ${basename(this.#file)}`;
    if (!readLines(this.#base).includes(include)) {
      append(this.#base, `# Inserted by setconfig ${ctime(new Date())}\n${include}`);
    }
    if (existsSync(this.#file)) return;
    append(
      this.#file,
      '# Created and update by setconfig, but you can edit this manually when node is stopped.',
    );
  }

  #append(text: string): Line {
    append(this.#file, text);
    // The last line is empty.
    return { file: this.#file, line: readLines(this.#file).length - 1 };
  }
}

/** A time in the format of C's ctime: `Sat Nov 28 09:05:00 2026`. */
function ctime(time: Date): string {
  const [weekday, month] = [
    time.toLocaleString('en-US', { weekday: 'short' }),
    time.toLocaleString('en-US', { month: 'short' }),
  ];
  const day = String(time.getDate()).padStart(2);
  const clock = time.toLocaleTimeString('en-GB');
  return `${weekday} ${month} ${day} ${clock} ${time.getFullYear()}`;
}

/** Replaces the line of a setting, or comments it out. */
function replaceLine(
  setting: Setting,
  text: string | undefined,
  log: (line: string) => void,
): void {
  const { source } = setting;
  if (source.kind !== 'file') return;
  const lines = readLines(source.file);
  const before = lines[source.line - 1] ?? '';
  lines[source.line - 1] = text ?? `# setconfig commented out (see config.setconfig): ${before}`;
  const temporary = `${source.file}.setconfig.tmp`;
  writeFileSync(temporary, lines.join('\n'));
  renameSync(temporary, source.file);
  const done = text === undefined ? 'commented out' : 'replaced';
  log(`setconfig: ${done} line ${source.line} of ${source.file} (${before})`);
}

/** Appends a line, after a line break if the file lacks the last one. */
function append(file: string, text: string): void {
  const content = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const separator = content === '' || content.endsWith('\n') ? '' : '\n';
  appendFileSync(file, `${separator}${text}\n`);
}

function readLines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}
