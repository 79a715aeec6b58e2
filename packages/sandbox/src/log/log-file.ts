import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { SandboxError } from '../sandbox-error.ts';
import type { LogSink } from './log-book.ts';

/** A file to which log lines are appended. */
export interface LogFile {
  readonly sink: LogSink;
  /** Opens the path again, after another program has moved the file away. @throws SandboxError `bad_option` */
  reopen(): void;
  close(): void;
}

/**
 * Opens a log file. Lines are written synchronously, so that a crash loses none. Later write errors are ignored.
 *
 * @throws SandboxError `bad_option` if the file cannot be opened
 */
export function openLogFile(path: string): LogFile {
  let descriptor: number | undefined = openToAppend(path, `--log-file=${path}: Failed to open`);
  const write = (text: string): void => {
    if (descriptor === undefined) return;
    try {
      writeSync(descriptor, text);
    } catch {
      // The node keeps running if its log cannot be written.
    }
  };
  const close = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  // Empty lines separate the runs, as in lightningd.
  if (fstatSync(descriptor).size > 0) write('\n\n\n\n');
  return {
    sink: (line) => write(`${line}\n`),
    reopen() {
      close();
      descriptor = openToAppend(path, `failed to reopen log file ${path}`);
    },
    close,
  };
}

function openToAppend(path: string, failure: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new SandboxError('bad_option', failure, { cause: error });
  }
}
