import type { Logger } from './log-book.ts';
import type { LogFile } from './log-file.ts';

/**
 * Opens the log files again, so that a program that rotates logs can move them away. The log has lightningd's lines.
 *
 * @throws SandboxError `bad_option` if a file cannot be opened
 */
export function reopenLogFiles(files: readonly LogFile[], log: Logger): void {
  log.log('info', 'Ending log due to SIGHUP');
  for (const file of files) file.reopen();
  log.log('info', 'Started log due to SIGHUP');
}
