import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { SandboxError } from '../sandbox-error.ts';
import type { LogSink } from './log-book.ts';

/** A file to which log lines are appended. */
export interface LogFile {
  readonly sink: LogSink;
  close(): void;
}

/**
 * Opens a log file. Lines are written synchronously, so that a crash loses none. Later write errors are ignored.
 *
 * @throws SandboxError `bad_option` if the file cannot be opened
 */
export function openLogFile(path: string): LogFile {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'a');
  } catch (error) {
    throw new SandboxError('bad_option', `--log-file=${path}: Failed to open`, { cause: error });
  }
  const write = (text: string): void => {
    if (descriptor === undefined) return;
    try {
      writeSync(descriptor, text);
    } catch {
      // The node keeps running if its log cannot be written.
    }
  };
  // Empty lines separate the runs, as in lightningd.
  if (fstatSync(descriptor).size > 0) write('\n\n\n\n');
  return {
    sink: (line) => write(`${line}\n`),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
