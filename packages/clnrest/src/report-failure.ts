import { RuneSyntaxError } from '@clnrest/runes';
import { EXIT } from './exit-status.ts';
import { redactRunes } from './rune-redaction.ts';
import { printable } from './rune/printable.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The variable with which the program shows the stack trace of an internal error. */
const DEBUG = 'CLNREST_DEBUG';

/**
 * Prints a sentence about an error that a command did not handle, and returns the exit status. A stack trace appears only if
 * `CLNREST_DEBUG` is set.
 *
 * @param name the command, such as `start`
 */
export function reportFailure(
  name: string,
  error: unknown,
  terminal: Pick<Terminal, 'error' | 'errorColor'>,
  env: NodeJS.ProcessEnv,
): number {
  const { sentence, status } = describe(error);
  const program = redactRunes(printable(name === '' ? 'clnrest' : `clnrest ${name}`));
  const start = terminal.errorColor === true ? `\u001B[31m${program}:\u001B[39m` : `${program}:`;
  terminal.error(`${start} ${sentence}\n`);
  if ((env[DEBUG] ?? '') !== '' && error instanceof Error) {
    terminal.error(`${redactRunes(error.stack ?? '')}\n`);
  }
  return status;
}

function describe(error: unknown): { readonly sentence: string; readonly status: number } {
  if (error instanceof UsageError || error instanceof RuneSyntaxError) {
    return { sentence: error.message, status: EXIT.usage };
  }
  const message = oneLine(error instanceof Error ? error.message : String(error));
  switch (codeOf(error)) {
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND':
      return { sentence: missingPart(message), status: EXIT.usage };
    case undefined:
      break;
    default:
      if (isSystemError(error)) return { sentence: systemSentence(error), status: EXIT.failed };
  }
  return {
    sentence: `internal error: ${message}. To see where, set ${DEBUG}=1; then report it`,
    status: EXIT.internal,
  };
}

/** Returns the sentence for a part of the installation that is missing: a file of the build, or a dependency. */
function missingPart(message: string): string {
  const part = /'([^']*)'/.exec(message)?.[1] ?? 'a module';
  return /[\\/]dist[\\/]/.test(part)
    ? 'the command is built only in part: run npm run build, or install clnrest again'
    : `the dependency ${part} is not installed: run npm ci, or install clnrest again`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EMFILE: 'too many files are open',
  ELOOP: 'the path has too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** Returns the sentence for an error of the system. */
function systemSentence({ code = '', path, syscall = '', message }: NodeJS.ErrnoException): string {
  const reason = REASONS[code];
  if (reason === undefined) return oneLine(message);
  const place = path === undefined ? syscall : oneLine(path);
  return `cannot use ${place}: ${reason} (${code})`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function oneLine(text: string): string {
  return redactRunes(printable((text.split('\n')[0] ?? '').replace(/[.:\s]+$/, '')));
}
