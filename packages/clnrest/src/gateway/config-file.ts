import { readFileSync } from 'node:fs';
import { UsageError } from '../usage-error.ts';

/** An option in a configuration file. */
export interface ConfigLine {
  readonly name: string;
  /** Undefined without `=`. */
  readonly value: string | undefined;
  /** The number of the line, from 1. */
  readonly line: number;
}

/**
 * Reads a configuration file: `name=value` on each line, as in lightningd's. Lines that begin with `#` are comments.
 *
 * @throws {UsageError} if the file cannot be read, or a line has another form
 */
export function readConfigFile(file: string): readonly ConfigLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UsageError(`cannot read the configuration file ${file} (${code})`, { cause });
  }
  const lines: ConfigLine[] = [];
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    const trimmed = content.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const [, name, value] = /^([a-z-]+)(?:\s*=\s*(.*))?$/.exec(trimmed) ?? [];
    // The line can contain a password.
    if (name === undefined) {
      throw new UsageError(`line ${index + 1} of ${file} is not of the form name=value`);
    }
    lines.push({ name, value, line: index + 1 });
  }
  return lines;
}
