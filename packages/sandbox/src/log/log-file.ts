import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { SandboxError } from '../sandbox-error.ts';
import type { LogSink } from './log-book.ts';

/** A file that log lines are appended to. */
export interface LogFile {
  readonly sink: LogSink;
  close(): void;
}

/**
 * Opens a log file. Lines are written at once, so that a crash loses none.
 *
 * @throws SandboxError when it can't be opened; a disk that fills up later is not fatal
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
      // A log that can't be written is no reason to stop working.
    }
  };
  // So that a reader sees where this run begins; lightningd has it from Bitcoin Core.
  if (fstatSync(descriptor).size > 0) write('\n\n\n\n');
  return {
    sink: (line) => write(`${line}\n`),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
